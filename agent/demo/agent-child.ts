import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../runtime/clock.ts';

/** `execPath entry run --config FILE` is the agent. */
export interface AgentProgram {
  readonly execPath: string;
  readonly entry: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface AgentChildOptions {
  readonly program: AgentProgram;
  readonly configFile: string;
  /** What the agent prints is appended here. */
  readonly logFile: string;
  readonly clock: Clock;
}

/** The real agent as a child process, which may be killed and started again. */
export class AgentChild implements AsyncDisposable {
  /** Called when the agent ends without having been told to by `kill` or `stop`. */
  onDeath: (how: string) => void = () => {};
  readonly #options: AgentChildOptions;
  #process: ChildProcess | null = null;

  constructor(options: AgentChildOptions) {
    this.#options = options;
  }

  /** 0 when it does not run. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts the agent; nothing happens when it runs. Resolves once the process is there, which says nothing about the agent yet. */
  async start(): Promise<void> {
    if (this.#process !== null) return;
    const { program, configFile, logFile } = this.#options;
    const { execPath, entry, env } = program;
    const log = openSync(logFile, 'a');
    const child = spawn(execPath, [entry, 'run', '--config', configFile], { env, stdio: ['ignore', log, log] });
    closeSync(log);
    this.#process = child;
    child.once('exit', (code, signal) => this.#ended(child, signal === null ? `with exit code ${code}` : `by ${signal}`));
    await once(child, 'spawn');
  }

  /** SIGKILL: the agent is gone at once, in the middle of whatever it did. */
  async kill(): Promise<void> {
    const child = this.#release();
    if (child === null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  /**
   * SIGTERM; resolves to the exit code once the agent has drained and left. Null when it had to be killed after `patienceMs`, which is
   * to be longer than its drain deadline, or when it did not run.
   */
  async stop(patienceMs: number): Promise<number | null> {
    const child = this.#release();
    if (child === null) return null;
    const exited = once(child, 'exit');
    const left = new AbortController();
    child.kill('SIGTERM');
    const outOfPatience = this.#options.clock.sleep(patienceMs, left.signal).then(() => left.signal.aborted || child.kill('SIGKILL'));
    await exited;
    left.abort();
    await outOfPatience;
    return child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#process !== child) return;
    this.#process = null;
    this.onDeath(how);
  }

  /** From here on the end of the process is expected. */
  #release(): ChildProcess | null {
    const child = this.#process;
    this.#process = null;
    return child;
  }
}
