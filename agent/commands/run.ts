import { runAgent } from '../agent.ts';
import type { Config } from '../config/schema.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import type { Kubeconfig } from '../model/kubeconfig.ts';
import type { ReadKubeconfig } from '../config/read-kubeconfig.ts';
import { systemClock } from '../runtime/clock.ts';
import { createLogger } from '../runtime/logger.ts';
import { type Command, EXIT_FAILED, EXIT_MISUSE, EXIT_OK, type Host, readOptions } from './command.ts';

const HELP = `Usage: logferry run --config FILE

Ships the container logs of this node until SIGTERM or SIGINT, then sends what was read, writes the positions down and ends.
Its own log goes to stdout as JSON lines. A second signal ends it at once; the next start repeats what was not acknowledged.

Options:
  --config FILE   the configuration file (YAML); see logferry check
  --help          print this

Exit code: 0 stopped by a signal, 1 failed, 2 wrong use or a wrong configuration.

Examples:
  logferry run --config /etc/logferry/logferry.yaml
  NODE_NAME=$(hostname) logferry run --config logferry.yaml
`;

/** All that was read before the agent starts, or what has to be repaired. */
type Start =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[]; readonly kubeconfig: Kubeconfig | null }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `logferry run`: the agent itself. */
export const runCommand: Command = {
  summary: 'ship the container logs of this node',
  help: HELP,
  run,
};

async function run(args: readonly string[], host: Host): Promise<number> {
  const options = readOptions(args, { config: { type: 'string' } });
  if (!options.ok || options.values.config === undefined) {
    const message = options.ok ? 'name the configuration file with --config FILE' : options.misuse;
    host.stderr.write(`logferry run: ${message}\nSee logferry run --help.\n`);
    return EXIT_MISUSE;
  }
  const loaded = (host.handover as Start | null) ?? (await load(options.values.config, host));
  if (!loaded.ok) {
    for (const problem of loaded.problems) host.stderr.write(`${formatProblem(problem)}\n`);
    return EXIT_MISUSE;
  }
  const { config, warnings, kubeconfig } = loaded;
  const logger = createLogger(config.log.level);
  for (const warning of warnings) logger.warn({ problem: formatProblem(warning) }, 'the configuration needs a look');
  try {
    const { env, version } = host;
    await runAgent({ config, env, kubeconfig, version, clock: systemClock, logger, usage: () => host.usage() }, host.stop);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || code.startsWith('ERR_')) throw error;
    host.stderr.write(`logferry run: ${message}\n`);
    return EXIT_FAILED;
  }
  return EXIT_OK;
}

/** What reads and checks a configuration takes more memory than the agent itself, so it is left behind with the process that needs it. */
async function load(file: string, host: Host): Promise<Start> {
  const { loadConfig } = await import('../config/load.ts');
  const loaded = await loadConfig(file, host);
  if (!loaded.ok) return loaded;
  const { enabled, kubeconfig: path } = loaded.config.kubernetes;
  const read = enabled && path !== undefined ? await readKubeconfigAt(path) : { ok: true as const, kubeconfig: null };
  if (!read.ok) return read;
  const start: Start = { ...loaded, kubeconfig: read.kubeconfig };
  host.becomeLean(start);
  return start;
}

async function readKubeconfigAt(path: string): Promise<ReadKubeconfig> {
  const { readKubeconfig } = await import('../config/read-kubeconfig.ts');
  return readKubeconfig(path);
}
