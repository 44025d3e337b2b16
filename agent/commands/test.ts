import { configTestsSchema } from '../config/config-tests-schema.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import type { Config } from '../config/schema.ts';
import { YamlDocument } from '../config/yaml-document.ts';
import { DryRun } from '../dry-run/dry-run.ts';
import { runConfigTest } from '../dry-run/run-config-test.ts';
import type { Environment } from '../runtime/environment.ts';
import { systemClock } from '../runtime/clock.ts';
import { terminalText } from '../runtime/terminal-text.ts';
import { type Command, EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';
import { misuse, refuseProblems } from './misuse.ts';

const MOST_FILES = 1000;

const HELP = `Usage: logferry test --config FILE TEST_FILE...

Says whether a configuration does with lines what its tests expect, without a cluster or a store. A test file is YAML:

  tests:
    - name: what it shows
      log: { namespace: shop, pod: cart-1, container: app, pod_labels: { app: cart } }
      lines:
        - '{"level":"warn","msg":"slow"}'
        - { line: oh no, stream: stderr, time: 2024-05-01T12:00:00Z }
      entries:                      # what is sent, in order; what is not named is not looked at
        - { line: '{"level":"warn","msg":"slow"}', labels: { app: cart }, metadata: { detected_level: warn } }
        - { labels: { stream: stderr, team: null } }   # null: it goes without

"output" names one of several outputs (the first). Instead of entries, "excluded" has the reason why no line of the log is read.
What differs goes to stderr, one per line, as FILE:LINE:COLUMN KEY: MESSAGE.

Options:
  --config FILE   the configuration file (YAML)
  --json          print {"ok", "tests": [{"file", "name", "problems"}]} as JSON
  --help          print this

Exit code: 0 all tests hold, 1 some do not, 2 wrong use, or a wrong configuration or test file.

Examples:
  logferry test --config logferry.yaml tests/*.yaml
`;

/** `logferry test`: unit tests of a configuration. */
export const testCommand: Command = { summary: 'run the unit tests of a configuration', help: HELP, run };

async function run(args: readonly string[], host: Host): Promise<number> {
  const options = readOptions(args, { config: { type: 'string' }, json: { type: 'boolean' } }, MOST_FILES);
  if (!options.ok) return misuse(host, 'test', options.misuse);
  const { config: file, json = false } = options.values;
  if (file === undefined) return misuse(host, 'test', 'name the configuration file with --config FILE');
  if (options.operands.length === 0) return misuse(host, 'test', 'name at least one file with tests');
  const loaded = await loadConfig(file, host);
  if (!loaded.ok) return refuseProblems(host, loaded.problems);
  const outcomes: TestOutcome[] = [];
  for (const testFile of options.operands) {
    const ran = await runFile(testFile, loaded.config, host.env);
    if (!ran.ok) return refuseProblems(host, ran.problems);
    outcomes.push(...ran.outcomes);
  }
  return report(outcomes, json, host);
}

interface TestOutcome {
  readonly file: string;
  readonly name: string;
  readonly problems: readonly Problem[];
}

type RanFile =
  | { readonly ok: true; readonly outcomes: readonly TestOutcome[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

async function runFile(file: string, config: Config, env: Environment): Promise<RanFile> {
  const read = await readConfigFile(file);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const opened = YamlDocument.read({ file, text: read.text, missing: 'holds no tests, write at least `tests`' }, configTestsSchema, env);
  if (!opened.ok) return opened;
  const { document } = opened;
  const outcomes = document.value.tests.map((test, index) => {
    // A test knows nothing of those before it.
    const differences = runConfigTest(test, config, new DryRun(config, systemClock));
    const problems = differences.map(({ path, message }) => document.problem(['tests', index, ...path], message));
    return { file, name: test.name, problems };
  });
  return { ok: true, outcomes };
}

function report(outcomes: readonly TestOutcome[], json: boolean, { stdout, stderr }: Host): number {
  const failed = outcomes.filter(({ problems }) => problems.length > 0);
  for (const { problems } of failed) for (const problem of problems) stderr.write(`${terminalText(formatProblem(problem))}\n`);
  if (json) {
    stdout.write(`${JSON.stringify({ ok: failed.length === 0, tests: outcomes }, null, 2)}\n`);
  } else {
    for (const { file, name, problems } of outcomes) {
      stdout.write(`${problems.length === 0 ? 'ok    ' : 'FAILED'}  ${terminalText(`${file}: ${name}`)}\n`);
    }
    stdout.write(`${outcomes.length - failed.length} of ${outcomes.length} tests hold\n`);
  }
  return failed.length === 0 ? EXIT_OK : EXIT_FAILED;
}
