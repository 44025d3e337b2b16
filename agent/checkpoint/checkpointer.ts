import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { Checkpoints, CheckpointStore } from './checkpoint-store.ts';

/** Writes positions down at an interval. A disk that refuses costs repetition after a crash, never a line: delivery goes on. */
export class Checkpointer {
  failures = 0;
  savedMs: number;
  readonly #store: CheckpointStore;
  readonly #collect: () => Checkpoints;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;

  constructor(parts: { store: CheckpointStore; collect: () => Checkpoints; clock: Clock; log: ThrottledLogger }) {
    this.#store = parts.store;
    this.#collect = parts.collect;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.savedMs = parts.clock.monotonic();
  }

  async run(intervalMs: number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#clock.sleep(intervalMs, stop);
      if (!stop.aborted) await this.save();
    }
  }

  async save(): Promise<void> {
    try {
      await this.#store.save(this.#collect());
      this.savedMs = this.#clock.monotonic();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      this.failures += 1;
      this.#log.warn(
        code,
        { code, detail: message },
        'checkpoints cannot be written; a crash now would repeat entries; free or repair state_dir',
      );
    }
  }
}
