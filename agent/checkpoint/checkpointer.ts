import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { isSystemError, type SystemError } from '../runtime/system-error.ts';
import type { Wakeup } from '../runtime/wakeup.ts';
import type { Checkpoints } from './checkpoint-document.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

/** Positions are written down this often though nothing is known to have moved. */
const IDLE_MS = 10_000;

/** That positions are not on disk: since when, on the monotonic clock, and why. */
export interface Undurable {
  readonly sinceMs: number;
  readonly why: string;
}

/**
 * Writes positions down as soon as they have moved, but not too often. A disk that refuses costs repetition after a crash, never a
 * line: delivery goes on.
 */
export class Checkpointer {
  failures = 0;
  /** When positions were last known to be on disk, on the monotonic clock. */
  savedMs: number;
  /** What was last known to be on disk: a restart begins there. Null: nothing was written yet. */
  saved: Checkpoints | null = null;
  /** null: what was last written down is on disk. Set while a write is under way too, since one may hang. */
  undurable: Undurable | null = null;
  /** A warning is out that wants to be followed by good news. */
  #warned = false;
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

  /** Saves at once, so that a disk that refuses is known from the start. At least `intervalMs`, as it is then, lie between two writes. */
  async run(intervalMs: () => number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.save();
      await this.#clock.sleep(intervalMs(), stop);
      await this.#progress.waitAtMost(IDLE_MS, this.#clock, stop);
    }
  }

  async save(): Promise<void> {
    const checkpoints = this.#collect();
    const sinceMs = this.undurable?.sinceMs ?? this.#clock.monotonic();
    this.undurable = { sinceMs, why: this.undurable?.why ?? 'a write does not end' };
    try {
      await this.#store.save(checkpoints);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#fail(sinceMs, error);
      return;
    }
    this.undurable = null;
    this.saved = checkpoints;
    this.savedMs = this.#clock.monotonic();
    this.#sayRecovered(sinceMs);
  }

  #fail(sinceMs: number, { code, message }: SystemError): void {
    this.undurable = { sinceMs, why: message };
    this.failures += 1;
    const said = this.#log.warn(
      code,
      { code, detail: message },
      'checkpoints cannot be written; a crash now would repeat entries; free or repair state_dir',
    );
    this.#warned ||= said;
  }

  #sayRecovered(sinceMs: number): void {
    if (!this.#warned) return;
    this.#warned = false;
    const seconds = Math.round((this.savedMs - sinceMs) / 1000);
    this.#log.info({ seconds, failures: this.failures }, 'checkpoints are written again');
  }
}
