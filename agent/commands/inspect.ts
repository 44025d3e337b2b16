import { closeSync, openSync } from 'node:fs';
import type { TestedLog } from '../config/config-tests-schema.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { entryJson, entryText } from '../dry-run/describe-entry.ts';
import { DryRun } from '../dry-run/dry-run.ts';
import { asRecords, lastLines, ownerOf } from '../dry-run/read-log.ts';
import { StageTrace } from '../dry-run/stage-trace.ts';
import { testedPod, testedSource } from '../dry-run/tested-source.ts';
import { systemClock } from '../runtime/clock.ts';
import { type Command, EXIT_FAILED, EXIT_OK, type Host, type OptionValues, readOptions } from './command.ts';
import { misuse, refuseProblems } from './misuse.ts';

/** How much of a log is looked at. */
const MOST_BYTES = 4 * 1024 * 1024;
const DEFAULT_LINES = 20;
const LF = 10;

const HELP = `Usage: logferry inspect --config FILE [OPTIONS] LOG_FILE

Shows what each stage does to the last lines of a log, and what would be sent: nothing is. The log may be one that a container runtime wrote,
or plain lines. Whose it is comes from its path, .../<namespace>_<pod>_<uid>/<container>/<attempt>.log, or from the options.

Options:
  --config FILE         the configuration file (YAML)
  --pod NAMESPACE/POD   whose log it is
  --container NAME      of which container
  --labels A=B,C=D      labels of the pod
  --annotations A=B     annotations of the pod
  --output NAME         for which output (the first)
  --lines N             how many lines (${DEFAULT_LINES})
  --json                print a JSON object a line instead
  --help                print this

Exit code: 0 shown, 1 the log cannot be read, 2 wrong use or a wrong configuration.

Examples:
  logferry inspect --config logferry.yaml /var/log/pods/shop_cart-7d4_5f0c/app/0.log
  logferry inspect --config logferry.yaml --pod shop/cart --labels app=cart sample.txt
`;

/** `logferry inspect`: what each stage does to real lines. */
export const inspectCommand: Command = { summary: 'show what each stage does to the lines of a log', help: HELP, run };

const OPTIONS = {
  config: { type: 'string' },
  pod: { type: 'string' },
  container: { type: 'string' },
  labels: { type: 'string' },
  annotations: { type: 'string' },
  output: { type: 'string' },
  lines: { type: 'string' },
  json: { type: 'boolean' },
} as const;

async function run(args: readonly string[], host: Host): Promise<number> {
  const request = readRequest(args);
  if (typeof request === 'string') return misuse(host, 'inspect', request);
  const loaded = await loadConfig(request.config, host);
  if (!loaded.ok) return refuseProblems(host, loaded.problems);
  const { outputs } = loaded.config;
  const output = request.output === null ? outputs[0] : outputs.find(({ name }) => name === request.output);
  if (output === undefined)
    return misuse(host, 'inspect', `no output ${request.output} is configured: ${outputs.map(({ name }) => name).join(', ')}`);
  const bytes = readLog(request.path, request.lines);
  if (typeof bytes === 'string') {
    host.stderr.write(`logferry inspect: ${bytes}\n`);
    return EXIT_FAILED;
  }
  inspect(bytes, { config: loaded.config, output }, request, host);
  return EXIT_OK;
}

function inspect(bytes: Buffer, { config, output }: Target, { log, json }: Request, { stdout }: Host): void {
  const pod = config.kubernetes.enabled ? testedPod(log) : null;
  const result = new DryRun(config, systemClock, new StageTrace()).run(output, { source: testedSource(log), pod, bytes });
  const describe = json ? entryJson : entryText;
  if ('exclusion' in result) stdout.write(`no line is read of this log: ${result.exclusion}\n`);
  else for (const entry of result.entries) stdout.write(describe(entry));
}

interface Target {
  readonly config: Config;
  readonly output: Config['outputs'][number];
}

interface Request {
  readonly config: string;
  readonly path: string;
  readonly log: TestedLog;
  /** Null: the first one. */
  readonly output: string | null;
  readonly lines: number;
  readonly json: boolean;
}

/** What is asked for; or what is wrong with how. */
function readRequest(args: readonly string[]): Request | string {
  const read = readOptions(args, OPTIONS, 1);
  if (!read.ok) return read.misuse;
  const { values, operands } = read;
  const [path] = operands;
  const { config, output = null, json = false, lines: written = String(DEFAULT_LINES) } = values;
  if (config === undefined) return 'name the configuration file with --config FILE';
  if (path === undefined) return 'name the file of a log';
  const lines = Number(written);
  if (!Number.isSafeInteger(lines) || lines < 1) return `--lines ${written} is no number of lines, write one from 1`;
  const log = logOf(path, values);
  return typeof log === 'string' ? log : { config, path, log, output, lines, json };
}

/** The last records of a log; or why there are none. */
function readLog(path: string, lines: number): Buffer | string {
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    const records = asRecords(lastLines(fd, MOST_BYTES));
    let from = records.length;
    for (let n = 0; n <= lines && from > 0; n += 1) from = records.lastIndexOf(LF, from - 1);
    return records.subarray(from + 1);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return message;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

type Values = OptionValues<typeof OPTIONS>;

/** Whose the log is; or what is wrong with how that was said. */
function logOf(path: string, { pod, container, labels, annotations }: Values): TestedLog | string {
  const [namespace, name, ...rest] = pod?.split('/') ?? [];
  if (pod !== undefined && (namespace === '' || name === undefined || name === '' || rest.length > 0))
    return `--pod ${pod} is not NAMESPACE/POD`;
  const named = { namespace: namespace ?? 'default', pod: name ?? 'pod', container: container ?? 'app' };
  const [ofLabels, ofAnnotations] = [textsOf(labels), textsOf(annotations)];
  if (ofLabels === null || ofAnnotations === null) return 'labels and annotations are written as NAME=VALUE, with commas between them';
  const owner = pod === undefined ? (ownerOf(path) ?? named) : named;
  return {
    ...owner,
    ...(container === undefined ? {} : { container }),
    pod_labels: ofLabels,
    pod_annotations: ofAnnotations,
    namespace_labels: {},
  };
}

function textsOf(written: string | undefined): Readonly<Record<string, string>> | null {
  if (written === undefined) return {};
  const pairs = written.split(',').map((pair) => /^([^=]+)=(.*)$/.exec(pair));
  return pairs.includes(null) ? null : Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]));
}
