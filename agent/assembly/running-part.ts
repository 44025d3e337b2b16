import type { AssembledOutput } from './assemble-output.ts';

/** What is on its way to one output, with its reading, which may pause. */
export class RunningPart implements AsyncDisposable {
  readonly assembled: AssembledOutput;
  #reading: { readonly stop: AbortController; readonly done: Promise<void> } | null = null;

  constructor(assembled: AssembledOutput) {
    this.assembled = assembled;
  }

  /** Lets what is read be sent. */
  start(): void {
    const { lanes, tenantCheck } = this.assembled;
    lanes.start();
    tenantCheck?.start();
  }

  /** Reads until `pause`; `failed` hears of a bug. */
  read(failed: (error: unknown) => void): void {
    const stop = new AbortController();
    const done = this.assembled.pipeline.run(stop.signal).catch(failed);
    this.#reading = { stop, done };
  }

  /** Resolves when no read is under way any more. What was read goes on to be sent. */
  async pause(): Promise<void> {
    const reading = this.#reading;
    this.#reading = null;
    reading?.stop.abort();
    await reading?.done;
  }

  /** Gives up requests under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { lanes, tenantCheck, output } = this.assembled;
    await lanes[Symbol.asyncDispose]();
    await tenantCheck?.[Symbol.asyncDispose]();
    await output[Symbol.asyncDispose]();
  }
}
