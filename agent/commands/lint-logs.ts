import { logSamples } from '../dry-run/log-samples.ts';
import { entriesOf } from '../dry-run/records-decoder.ts';
import { type LintedLog, lintJson, lintText } from '../lint/lint-report.ts';
import { LogLint } from '../lint/log-lint.ts';
import { type Command, EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';
import { misuse } from './misuse.ts';

const DEFAULT_DIRECTORY = '/var/log';
const DEFAULT_BYTES = 262_144;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_PATHS = 1000;
/** The agent's defaults. */
const LIMITS = { maxLineBytes: 262_144, partWaitSeconds: 10, partBytes: 8_388_608 };

const HELP = `Usage: logferry lint-logs [OPTIONS] [PATH...]

Says which containers log in a way that is hard to search: lines that no parser takes, without level or time, in several forms, with
secrets, split records or colours; with the share of bytes and an example, secrets replaced. A PATH is a file with lines, a container's log, or a
directory that holds pods/, as ${DEFAULT_DIRECTORY} does on a node; without any it is that one. Files are only read.

Options:
  --bytes N   how much of the end of each log is looked at (${DEFAULT_BYTES})
  --json      print {"containers": [{"name", "lines", "bytes", "forms", "findings"}]}
  --help      print this

Exit code: 0 looked at, 1 something cannot be read, 2 wrong use.

Examples:
  logferry lint-logs
  logferry lint-logs --json /var/log | jq '.containers[] | select(.findings != [])'
  logferry lint-logs sample.log
`;

/** `logferry lint-logs`: advice to those who write programs. */
export const lintLogsCommand: Command = { summary: 'say which containers log in a way that is hard to search', help: HELP, run };

async function run(args: readonly string[], host: Host): Promise<number> {
  const read = readOptions(args, { bytes: { type: 'string' }, json: { type: 'boolean' } }, MOST_PATHS);
  if (!read.ok) return misuse(host, 'lint-logs', read.misuse);
  const { bytes: written = String(DEFAULT_BYTES), json = false } = read.values;
  const bytes = Number(written);
  if (!Number.isSafeInteger(bytes) || bytes < 1 || bytes > MOST_BYTES) {
    return misuse(host, 'lint-logs', `--bytes ${written} is no number of bytes, write one from 1 to ${MOST_BYTES}`);
  }
  const lints = new Map<string, LogLint>();
  let isWhole = true;
  for (const log of logSamples(read.operands.length === 0 ? [DEFAULT_DIRECTORY] : read.operands, bytes)) {
    if (log.ok) {
      const lint = lints.getOrInsertComputed(log.sample.name, () => new LogLint());
      for (const line of entriesOf(log.sample.records, LIMITS)) lint.look(line);
    } else {
      host.stderr.write(`logferry lint-logs: ${log.failure}\n`);
      isWhole = false;
    }
  }
  const linted = [...lints].map(([name, lint]): LintedLog => ({ name, lint })).filter(({ lint }) => lint.lines > 0);
  host.stdout.write(json ? lintJson(linted) : lintText(linted));
  return isWhole ? EXIT_OK : EXIT_FAILED;
}
