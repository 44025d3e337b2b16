import type { Clock } from './clock.ts';

/** Exponential delays with full jitter: uniform in [0, ceiling), the ceiling doubling with every failure from `minMs` to `maxMs`. */
export class Backoff {
  readonly #clock: Clock;
  readonly #minMs: number;
  readonly #maxMs: number;

  constructor(clock: Clock, minMs: number, maxMs: number) {
    this.#clock = clock;
    this.#minMs = minMs;
    this.#maxMs = maxMs;
  }

  /** How long to wait after so many failures before the newest one. */
  delayMs(failuresBefore: number): number {
    return this.#clock.random() * Math.min(this.#minMs * 2 ** failuresBefore, this.#maxMs);
  }
}
