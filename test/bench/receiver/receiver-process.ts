import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface ReceiverPorts {
  readonly http: number;
  readonly tcp: number;
}

/** Since the receiver's start. */
export interface ReceiverCounts {
  readonly lines: number;
  /** All that came through its sockets, HTTP headers included. */
  readonly wireBytes: number;
  readonly formats: readonly string[];
  /** The first request that it could not make out. */
  readonly failure: string | null;
  /** From the writing of a line to the store, of lines that bear a `timeMark`. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** The receiver of one run. */
export class ReceiverProcess implements AsyncDisposable {
  readonly ports: ReceiverPorts;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, ports: ReceiverPorts) {
    this.#child = child;
    this.ports = ports;
  }

  static async start(): Promise<ReceiverProcess> {
    const child = fork(join(import.meta.dirname, 'receiver-main.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
    const [ports] = (await once(child, 'message')) as [ReceiverPorts];
    return new ReceiverProcess(child, ports);
  }

  /** @throws for a request that is in none of the formats: what it has sent would be missing from the counts */
  async counts(): Promise<ReceiverCounts> {
    const answer = once(this.#child, 'message') as Promise<[ReceiverCounts]>;
    this.#child.send('counts');
    const [counts] = await answer;
    if (counts.failure !== null) throw new Error(`the receiver could not count ${counts.failure}`);
    return counts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
