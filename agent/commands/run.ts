import { runAgent } from '../agent.ts';
import type { Loaded } from '../config/load.ts';
import { formatProblem } from '../config/problem.ts';
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
  const loaded = (host.handover as Loaded | null) ?? (await load(options.values.config, host));
  if (!loaded.ok) {
    for (const problem of loaded.problems) host.stderr.write(`${formatProblem(problem)}\n`);
    return EXIT_MISUSE;
  }
  const { config, warnings } = loaded;
  const logger = createLogger(config.log.level);
  for (const warning of warnings) logger.warn({ problem: formatProblem(warning) }, 'the configuration needs a look');
  try {
    await runAgent({ config, env: host.env, version: host.version, clock: systemClock, logger, usage: () => host.usage() }, host.stop);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined || code.startsWith('ERR_')) throw error;
    host.stderr.write(`logferry run: ${message}\n`);
    return EXIT_FAILED;
  }
  return EXIT_OK;
}

/** What reads and checks a configuration takes more memory than the agent itself, so it is left behind with the process that needs it. */
async function load(file: string, host: Host): Promise<Loaded> {
  const { loadConfig } = await import('../config/load.ts');
  const loaded = await loadConfig(file, host);
  if (loaded.ok) host.becomeLean(loaded);
  return loaded;
}
