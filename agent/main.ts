import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Command, EXIT_FAILED, EXIT_MISUSE, EXIT_OK, type Host, type Terminal, unknownName } from './commands/command.ts';
import { LEAN_FLAGS } from './lean-flags.ts';
import { Wakeup } from './runtime/wakeup.ts';

/** Replaced by the bundler; from source it does not exist. */
declare const LOGFERRY_VERSION: string;

/** Loaded on demand: `check` needs neither an HTTP client nor a logger. */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['run', async () => (await import('./commands/run.ts')).runCommand],
  ['check', async () => (await import('./commands/check.ts')).checkCommand],
  ['test', async () => (await import('./commands/test.ts')).testCommand],
  ['inspect', async () => (await import('./commands/inspect.ts')).inspectCommand],
  ['lint-logs', async () => (await import('./commands/lint-logs.ts')).lintLogsCommand],
  ['dead-letters', async () => (await import('./commands/dead-letters.ts')).deadLettersCommand],
  ['audit', async () => (await import('./commands/audit.ts')).auditCommand],
  ['demo', async () => (await import('./commands/demo.ts')).demoCommand],
]);

/** Commands that go on in a lean process. */
const LEAN_COMMANDS: ReadonlySet<string> = new Set(['run', 'dead-letters']);

/** For malloc, what LEAN_FLAGS is for V8. */
const LEAN_ENV = { MALLOC_ARENA_MAX: '1' } as const;

/** The variable that hands on what the process before has found out; the kernel takes none of 128 KiB (MAX_ARG_STRLEN of Linux). */
const HANDOVER = 'LOGFERRY_HANDOVER';
const MOST_HANDOVER_BYTES = 120_000;

/** Commands that run for good: to them SIGHUP means that the configuration is to be read again. */
const RELOADING_COMMANDS: ReadonlySet<string> = new Set(['run']);

/** Exit codes of a process that ended by a signal, as shells count. */
const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143 } as const;

/** Carries out one command line and returns the exit code. */
async function main(args: readonly string[], stop: AbortController, hangup: Wakeup): Promise<number> {
  const stdout = terminal(process.stdout, stop);
  const stderr = terminal(process.stderr, null);
  const [name, ...rest] = args;
  if (name === '--version') {
    stdout.write(`logferry ${version()}\n`);
    return EXIT_OK;
  }
  if (name === '--help' || name === '-h') {
    stdout.write(await overview());
    return EXIT_OK;
  }
  const load = COMMANDS.get(name ?? '');
  if (load === undefined) {
    stderr.write(`logferry: ${unknownCommand(name)}\nSee logferry --help.\n`);
    return EXIT_MISUSE;
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    stdout.write(command.help);
    return EXIT_OK;
  }
  const { [HANDOVER]: handover, ...env } = process.env;
  const { execPath } = process;
  return command.run(rest, {
    env,
    handover: handover === undefined ? null : (JSON.parse(handover) as unknown),
    becomeLean,
    hostname: hostname(),
    stdout,
    stderr,
    stop: stop.signal,
    hangup,
    execPath,
    entry: import.meta.filename,
    version: version(),
    usage,
  });
}

/** Replaces this process by one with lean settings, which V8 and malloc take at their start only; where that cannot be done, returns. */
function becomeLean(handover: unknown): void {
  const { execPath, execArgv, env, argv } = process;
  if (!willBecomeLean()) return;
  const text = JSON.stringify(handover);
  const handed = handover !== null && Buffer.byteLength(text) <= MOST_HANDOVER_BYTES ? { [HANDOVER]: text } : {};
  process.execve!(execPath, [execPath, ...LEAN_FLAGS, ...execArgv, ...argv.slice(1)], { ...env, ...LEAN_ENV, ...handed });
}

/** Such a process leaves signals to the system, which ends it: what came while it was busy would be forgotten by the next one. */
function willBecomeLean(): boolean {
  const { execArgv, argv } = process;
  return process.execve !== undefined && LEAN_COMMANDS.has(argv[2] ?? '') && !LEAN_FLAGS.every((flag) => execArgv.includes(flag));
}

function usage(): ReturnType<Host['usage']> {
  const { user, system } = process.cpuUsage();
  return { cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() };
}

function unknownCommand(name: string | undefined): string {
  const known = [...COMMANDS.keys()];
  if (name === undefined) return `name a command: ${known.join(', ')}`;
  return name.startsWith('-') ? unknownName('option', name, ['--help', '--version']) : unknownName('command', name, known);
}

async function overview(): Promise<string> {
  const lines: string[] = [];
  const width = Math.max(...[...COMMANDS.keys()].map((name) => name.length));
  for (const [name, load] of COMMANDS) lines.push(`  ${name.padEnd(width + 2)}${(await load()).summary}\n`);
  return `Ships every container log of a Kubernetes node to Loki, byte for byte.

Usage: logferry COMMAND [OPTIONS]

Commands:
${lines.join('')}
Options:
  --help      print this; after a command, all about it
  --version   print the version

Exit code: 0 fine, 1 failed, 2 wrong use or a wrong configuration.

Examples:
  logferry demo
  logferry check --config logferry.yaml
  logferry run --config logferry.yaml
`;
}

function version(): string {
  if (typeof LOGFERRY_VERSION === 'string') return LOGFERRY_VERSION;
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
  return manifest.version;
}

/** `stop`, if any, is aborted when nobody reads the stream any more: `logferry demo | head` shall end, and without a stack trace. */
function terminal(stream: NodeJS.WriteStream, stop: AbortController | null): Terminal {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stop?.abort();
  });
  return {
    write: (data) => void stream.write(data),
    isTTY: stream.isTTY ?? false,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** The first signal asks the command to stop and drain; the second does not wait for it. */
function stopOnSignals(stop: AbortController): void {
  for (const [signal, exitCode] of Object.entries(SIGNAL_EXIT)) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(exitCode);
      stop.abort();
    });
  }
}

/** A bug ends the process at once: a restart goes on from the checkpoint, while a half-broken agent would sit there. */
function exitOnBugs(): void {
  process.on('uncaughtException', (error) => {
    process.stderr.write(
      `logferry ${version()}: unexpected error, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
      () => {
        process.exit(EXIT_FAILED);
      },
    );
  });
}

const stop = new AbortController();
const hangup = new Wakeup();
exitOnBugs();
if (RELOADING_COMMANDS.has(process.argv[2] ?? '')) process.on('SIGHUP', () => hangup.ring());
if (!willBecomeLean()) stopOnSignals(stop);
process.exitCode = await main(process.argv.slice(2), stop, hangup);
