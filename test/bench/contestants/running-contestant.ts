import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { sampleTree, type TreeSample } from '../measure/process-tree.ts';
import type { ReceiverPorts } from '../receiver/receiver-process.ts';
import type { Contestant } from './contestant.ts';

/** Long enough for what an agent sends and writes at its end. */
const STOP_MS = 20_000;

/** A contestant at work in an empty directory. What it prints is in `output.log` there. */
export class RunningContestant implements AsyncDisposable {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #output: string;

  constructor(contestant: Contestant, place: { readonly logDir: string; readonly scratch: string; readonly receiver: ReceiverPorts }) {
    const directory = join(place.scratch, contestant.name);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(join(directory, 'state'), { recursive: true });
    const { command, env = {} } = contestant.prepare({ ...place, directory });
    const [program, ...args] = command;
    this.#name = contestant.name;
    this.#output = join(directory, 'output.log');
    const output = openSync(this.#output, 'w');
    this.#child = spawn(program, args, { stdio: ['ignore', output, output], env: { ...process.env, ...env } });
    closeSync(output);
    this.#exited = once(this.#child, 'exit');
    this.#exited.catch(() => undefined);
  }

  /** @throws with the end of what it printed when it has ended */
  sample(): TreeSample {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) return sampleTree(pid);
    throw new Error(`${this.#name} ended with ${exitCode ?? signalCode}:\n${readFileSync(this.#output, 'utf8').slice(-2000)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const killed = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS);
    await this.#exited;
    clearTimeout(killed);
  }
}
