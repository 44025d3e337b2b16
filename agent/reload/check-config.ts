import { execFile } from 'node:child_process';
import type { Start } from '../config/start.ts';
import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import type { Environment } from '../runtime/environment.ts';

/** More than any configuration file with every default filled in: the file itself holds a mebibyte at most. */
const MOST_BYTES = 16_777_216;
/** Exit codes with which `logferry check` has looked at a configuration. */
const CHECKED: ReadonlySet<number> = new Set([0, 2]);

/** `execPath ...execArgv entry check --start --config FILE` prints a `Start`. */
export interface CheckProgram {
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly entry: string;
  readonly env: Environment;
}

/** What a configuration file says, or why that could not be found out. */
export type Checked = Start | { readonly ok: 'unknown'; readonly why: string };

/**
 * Reads and checks a configuration file in a process of its own: what that takes, zod and yaml, is never loaded into the agent, and
 * whatever a file makes of it, memory and time included, ends with that process. It is killed after `ms`, or when `stop` aborts.
 */
export async function checkConfig(
  file: string,
  { execPath, execArgv, entry, env }: CheckProgram,
  { ms, clock, stop }: { readonly ms: number; readonly clock: Clock; readonly stop: AbortSignal },
): Promise<Checked> {
  using deadline = new Deadline(ms, stop, clock);
  const args = [...execArgv, entry, 'check', '--start', '--config', file];
  const options = { env: { ...env }, signal: deadline.signal, killSignal: 'SIGKILL', maxBuffer: MOST_BYTES } as const;
  const { promise, resolve } = Promise.withResolvers<Checked>();
  execFile(execPath, args, options, (error, stdout, stderr) => {
    const code = error === null ? 0 : error.code;
    if (typeof code === 'number' && CHECKED.has(code)) resolve(parseStart(stdout));
    else resolve({ ok: 'unknown', why: deadline.signal.aborted ? `it took longer than ${ms / 1000} s` : lastWords(error, stderr) });
  });
  // Awaited here: the deadline is over with this function.
  return await promise;
}

function parseStart(stdout: string): Checked {
  try {
    return JSON.parse(stdout) as Start;
  } catch {
    return { ok: 'unknown', why: 'what it printed is not JSON' };
  }
}

/** Why a process has ended, as short as a log wants it. */
function lastWords(error: Error | null, stderr: string): string {
  const { code, signal } = (error ?? {}) as { readonly code?: number | string | null; readonly signal?: string | null };
  const how = signal === null || signal === undefined ? `it ended with ${code}` : `it was ended by ${signal}`;
  return stderr === '' ? how : `${how}: ${stderr.trim().slice(0, 300)}`;
}
