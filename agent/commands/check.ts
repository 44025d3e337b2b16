import { access } from 'node:fs/promises';
import { formatEffective, maskSecrets } from '../config/effective.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem, type KeyPath, keyName, type Problem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { loadStart } from '../config/start.ts';
import { checkAudit } from './check-audit.ts';
import { type Command, EXIT_MISUSE, EXIT_OK, type Host, readOptions } from './command.ts';
import { misuse, refuseProblems } from './misuse.ts';

const HELP = `Usage: logferry check --config FILE [--json | --start]

Checks a configuration file and prints the configuration in force: every key with its value, defaults and environment
variables filled in, secrets masked. Warnings and problems go to stderr, one per line, as FILE:LINE:COLUMN KEY: MESSAGE.

Options:
  --config FILE   the configuration file (YAML)
  --json          print {"ok", "config", "warnings"} or {"ok", "problems"} as JSON instead
  --start         print what logferry run starts with as one line of JSON, secrets included; a running agent asks for it
  --help          print this

Exit code: 0 the configuration can be run, 2 it can not.

Examples:
  logferry check --config /etc/logferry/logferry.yaml
  NODE_NAME=test logferry check --config logferry.yaml --json | jq .config.outputs
`;

/** `logferry check`: says whether a configuration can be run, without running it. */
export const checkCommand: Command = {
  summary: 'check a configuration and print the one in force',
  help: HELP,
  run: check,
};

async function check(args: readonly string[], host: Host): Promise<number> {
  const options = readOptions(args, { config: { type: 'string' }, json: { type: 'boolean' }, start: { type: 'boolean' } });
  if (!options.ok) return misuse(host, 'check', options.misuse);
  const { config: file, json = false, start = false } = options.values;
  if (file === undefined) return misuse(host, 'check', 'name the configuration file with --config FILE');
  if (json && start) return misuse(host, 'check', '--json and --start are two forms of the same, write one');
  if (start) return printStart(file, host);
  const loaded = await loadConfig(file, host);
  if (!loaded.ok) return refuse(loaded.problems, json, host);
  const { errors, warnings: ofAudit } = await checkAudit(file, loaded.config);
  const warnings = [...loaded.warnings, ...(await missingFiles(file, loaded.config)), ...ofAudit];
  for (const warning of warnings) host.stderr.write(`warning: ${formatProblem(warning)}\n`);
  if (errors.length > 0) return refuse(errors, json, host);
  host.stdout.write(json ? toJson({ ok: true, config: maskSecrets(loaded.config), warnings }) : formatEffective(loaded.config));
  return EXIT_OK;
}

function refuse(problems: readonly Problem[], json: boolean, host: Host): number {
  if (json) host.stdout.write(toJson({ ok: false, problems }));
  return refuseProblems(host, problems);
}

async function printStart(file: string, host: Host): Promise<number> {
  const start = await loadStart(file, host);
  host.stdout.write(`${JSON.stringify(start)}\n`);
  return start.ok ? EXIT_OK : EXIT_MISUSE;
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Files that the configuration names and that are not there: only a warning, as a check may run on another machine than the agent. */
async function missingFiles(file: string, config: Config): Promise<Problem[]> {
  const missing: Problem[] = [];
  for (const { path, named } of namedFiles(config)) {
    const reason = await access(named).then(
      () => null,
      (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 'does not exist here' : `can not be looked at here (${error.code})`),
    );
    if (reason !== null) missing.push({ file, place: null, key: keyName(path), message: `${named} ${reason}` });
  }
  return missing;
}

function namedFiles(config: Config): { path: KeyPath; named: string }[] {
  const { ca_file, token_file } = config.kubernetes;
  const ofOutputs = config.outputs.flatMap(({ basic_auth, bearer_token_file, tls }, index) => {
    const files: [KeyPath, string | undefined][] = [
      [['basic_auth', 'password_file'], basic_auth?.password_file],
      [['bearer_token_file'], bearer_token_file],
      [['tls', 'ca_file'], tls.ca_file],
      [['tls', 'cert_file'], tls.cert_file],
      [['tls', 'key_file'], tls.key_file],
    ];
    return files.map(([path, named]) => ({ path: ['outputs', index, ...path], named }));
  });
  const files = [
    { path: ['kubernetes', 'ca_file'], named: ca_file },
    { path: ['kubernetes', 'token_file'], named: token_file },
    ...ofOutputs,
  ];
  return files.flatMap(({ path, named }) => (named === undefined ? [] : [{ path, named }]));
}
