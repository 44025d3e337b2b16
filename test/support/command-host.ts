import { Wakeup } from '../../agent/runtime/wakeup.ts';
import type { Command, Host, Terminal } from '../../agent/commands/command.ts';

/** What a command left behind. */
export interface CommandOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of stdout, as they were written. */
  readonly bytes: Buffer;
}

export interface HostOptions {
  readonly env?: Host['env'];
  readonly stop?: AbortSignal;
  readonly handover?: unknown;
  readonly becomeLean?: Host['becomeLean'];
  /** Both stdout and stderr are one. */
  readonly isTTY?: boolean;
}

/** Runs a command in this process and keeps what it prints. */
export async function runCommand(command: Command, args: readonly string[], options: HostOptions = {}): Promise<CommandOutcome> {
  const { env = {}, stop = new AbortController().signal, isTTY = false, handover = null, becomeLean = () => undefined } = options;
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const terminal = (written: Buffer[]): Terminal => ({
    write: (data) => void written.push(typeof data === 'string' ? Buffer.from(data) : Buffer.from(data)),
    isTTY,
    columns: 80,
  });
  const code = await command.run(args, {
    env,
    handover,
    becomeLean,
    hostname: 'host-1',
    stdout: terminal(stdout),
    stderr: terminal(stderr),
    stop,
    hangup: new Wakeup(),
    execPath: '/nowhere/node',
    entry: '/nowhere/main.ts',
    version: '0.0.0',
    usage: () => ({ cpuSeconds: 0, residentBytes: 0 }),
  });
  const bytes = Buffer.concat(stdout);
  return { code, stdout: bytes.toString(), stderr: Buffer.concat(stderr).toString(), bytes };
}
