import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { Wakeup } from '../runtime/wakeup.ts';
import type { Checkpoints, CheckpointStore } from './checkpoint-store.ts';

/** Positions are written down this often though nothing is known to have moved. */
const IDLE_MS = 10_000;

/**
 * Writes positions down as soon as they have moved, but not too often. A disk that refuses costs repetition after a crash, never a
 * line: delivery goes on.
 */
export class Checkpointer {
  failures = 0;
  savedMs: number;
  readonly #store: CheckpointStore;
  readonly #collect: () => Checkpoints;
  readonly #progress: Wakeup;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;

  /** `progress` rings when positions have moved. */
  constructor(parts: { store: CheckpointStore; collect: () => Checkpoints; progress: Wakeup; clock: Clock; log: ThrottledLogger }) {
    this.#store = parts.store;
    this.#collect = parts.collect;
    this.#progress = parts.progress;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.savedMs = parts.clock.monotonic();
  }

  /** At least `intervalMs` lie between two writes. */
  async run(intervalMs: number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#progress.waitAtMost(IDLE_MS, this.#clock, stop);
      if (stop.aborted) return;
      await this.save();
      await this.#clock.sleep(intervalMs, stop);
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
