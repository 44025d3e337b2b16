import type { Clock } from './clock.ts';
import { Wakeup } from './wakeup.ts';

/** One sleep for several who want to be woken: it ends at the earliest time that anyone has asked for. */
export class Alarm {
  readonly #clock: Clock;
  readonly #sooner = new Wakeup();
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Lets the sleep end by `dueMs` of the monotonic clock; a later time than the one it knows is not kept. */
  by(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#sooner.ring();
  }

  /** Resolves when a time asked for has come, which is forgotten with it and all later ones, or when `signal` aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const leftMs = this.#dueMs - this.#clock.monotonic();
      if (leftMs <= 0) break;
      if (leftMs === Number.POSITIVE_INFINITY) await this.#sooner.wait(signal);
      else await this.#sooner.waitAtMost(leftMs, this.#clock, signal);
    }
    this.#dueMs = Number.POSITIVE_INFINITY;
  }
}
