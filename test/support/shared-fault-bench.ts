import type { FaultBench } from './fault-bench.ts';
import type { FaultRow } from './fault-rows.ts';

/** One bench for many rows, until one of them fails: what that leaves behind is not for the next one to explain. */
export class SharedFaultBench implements AsyncDisposable {
  readonly #start: () => Promise<FaultBench>;
  #bench: FaultBench | null = null;

  constructor(start: () => Promise<FaultBench>) {
    this.#start = start;
  }

  async endure(row: FaultRow): Promise<void> {
    this.#bench ??= await this.#start();
    try {
      await this.#bench.endure(row);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench?.[Symbol.asyncDispose]();
    this.#bench = null;
  }
}
