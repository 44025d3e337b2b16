import type { Clock } from '../runtime/clock.ts';

/** How long a refusal of the system is believed: others may close files too. */
const REFUSED_MS = 10_000;

/** Counts the log files that are open at once, over all outputs, against one limit; sources take turns when it is reached. */
export class Descriptors {
  readonly #limit: number;
  readonly #clock: Clock;
  #open = 0;
  /** How many there could be at the last refusal, and until when that is believed, on the monotonic clock. */
  #refusal = { open: 0, untilMs: 0 };

  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  get open(): number {
    return this.#open;
  }

  get exhausted(): boolean {
    if (this.#open >= this.#limit) return true;
    return this.#open >= this.#refusal.open && this.#clock.monotonic() < this.#refusal.untilMs;
  }

  /** The process may not open any more: what is open now is all there can be, for a while. */
  refused(): void {
    this.#refusal = { open: this.#open, untilMs: this.#clock.monotonic() + REFUSED_MS };
  }

  opened(): void {
    this.#open += 1;
  }

  closed(): void {
    this.#open -= 1;
  }
}
