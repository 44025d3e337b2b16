import { type Clock, parseHttpDate } from '../runtime/clock.ts';

/**
 * The time at a store, as the `Date` of its answers tells it (to the second, always late rather than early) and our monotonic clock
 * carries it on: that the node's clock is wrong, or is set, does not matter. Before the first answer it is the node's.
 */
export class StoreClock {
  readonly #clock: Clock;
  /** Between the store's time and our monotonic one. */
  #aheadMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the `Date` header of an answer that has come just now; one that is no date is passed over. */
  learn(date: string): void {
    const ms = parseHttpDate(date);
    if (!Number.isNaN(ms)) this.#aheadMs = ms - this.#clock.monotonic();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#aheadMs === null ? this.#clock.now() : this.#clock.monotonic() + this.#aheadMs;
  }
}
