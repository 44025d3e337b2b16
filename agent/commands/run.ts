import { runAgent } from '../agent.ts';
import { formatProblem } from '../config/problem.ts';
import type { Start } from '../config/start.ts';
import { LEAN_FLAGS } from '../lean-flags.ts';
import { checkConfig } from '../reload/check-config.ts';
import type { ReloaderParts } from '../reload/reloader.ts';
import { systemClock } from '../runtime/clock.ts';
import { createLogger } from '../runtime/logger.ts';
import { type Command, EXIT_FAILED, EXIT_OK, type Host, readOptions } from './command.ts';
import { misuse, refuseProblems } from './misuse.ts';

const HELP = `Usage: logferry run --config FILE

Ships the container logs of this node until SIGTERM or SIGINT, then sends what was read, writes the positions down and ends.
Its own log goes to stdout as JSON lines. The file is looked at every reload.interval_seconds, and at once at SIGHUP: a changed
configuration is checked and comes into force while the agent runs, or the one before it stays, and it is said why. A second signal ends it at once; the next start repeats what was not acknowledged.

Options:
  --config FILE   the configuration file (YAML); see logferry check
  --help          print this

Exit code: 0 stopped by a signal, 1 failed, 2 wrong use or a wrong configuration.

Examples:
  logferry run --config /etc/logferry/logferry.yaml
  NODE_NAME=$(hostname) logferry run --config logferry.yaml
`;

/** `logferry run`: the agent itself. */
export const runCommand: Command = {
  summary: 'ship the container logs of this node',
  help: HELP,
  run,
};

async function run(args: readonly string[], host: Host): Promise<number> {
  const options = readOptions(args, { config: { type: 'string' } });
  if (!options.ok || options.values.config === undefined) {
    return misuse(host, 'run', options.ok ? 'name the configuration file with --config FILE' : options.misuse);
  }
  const loaded = (host.handover as Start | null) ?? (await load(options.values.config, host));
  if (!loaded.ok) return refuseProblems(host, loaded.problems);
  const { config, warnings, kubeconfig, digest } = loaded;
  const logger = createLogger(config.log.level);
  for (const warning of warnings) logger.warn({ problem: formatProblem(warning) }, 'the configuration needs a look');
  try {
    const { env, version } = host;
    const reload = { file: options.values.config, digest, asked: host.hangup, check: checker(host) };
    const parts = { config, env, kubeconfig, version, clock: systemClock, logger, reload, usage: () => host.usage() };
    await runAgent(parts, host.stop);
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
  const { loadStart } = await import('../config/start.ts');
  const start = await loadStart(file, host);
  if (start.ok) host.becomeLean(start);
  return start;
}

/** How a changed configuration is checked: by another process of this program. */
function checker({ execPath, entry, env }: Host): ReloaderParts['check'] {
  const program = { execPath, execArgv: LEAN_FLAGS, entry, env };
  return (file, ms, stop) => checkConfig(file, program, { ms, clock: systemClock, stop });
}
