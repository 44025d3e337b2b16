import type { Clock } from './clock.ts';

/** Exponential delays with full jitter: uniform in [0, ceiling), the ceiling doubling from `minMs` to `maxMs`. */
export class Backoff {
  #ceilingMs: number;
  readonly #clock: Clock;
  readonly #maxMs: number;

  constructor(clock: Clock, minMs: number, maxMs: number) {
    this.#clock = clock;
    this.#ceilingMs = minMs;
    this.#maxMs = maxMs;
  }

  nextMs(): number {
    const delay = this.#clock.random() * this.#ceilingMs;
    this.#ceilingMs = Math.min(this.#ceilingMs * 2, this.#maxMs);
    return delay;
  }
}
