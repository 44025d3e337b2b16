import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program of LOGFERRY_CLUSTER as a child process, with what it says in a file. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #log: string;

  constructor(program: string, args: readonly string[], log: string) {
    const output = openSync(log, 'a');
    this.#child = spawn(builtProgram(program), args, { stdio: ['ignore', output, output] });
    closeSync(output);
    this.#exited = once(this.#child, 'exit');
    this.#log = log;
  }

  /** Throws with its last words if it has ended. */
  expectRunning(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return;
    throw new Error(`it ended with ${exitCode ?? signalCode}: ${readFileSync(this.#log, 'utf8').slice(-2000)}`);
  }

  /** Resolves once it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#exited;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.end('SIGKILL');
  }
}

function builtProgram(name: string): string {
  const directory = process.env['LOGFERRY_CLUSTER'];
  if (directory === undefined) throw new Error('LOGFERRY_CLUSTER is not set: it has to name what .ci/servers/cluster/build.sh makes');
  return join(directory, name);
}
