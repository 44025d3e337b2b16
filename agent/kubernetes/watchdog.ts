import type { Clock } from '../runtime/clock.ts';

/** Aborts its signal when it has not been fed for `idleMs`, and with `stop`; costs one sleep for all that feed it meanwhile. */
export class Watchdog implements Disposable {
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #hunger = new AbortController();
  readonly #over = new AbortController();
  readonly signal: AbortSignal;
  #fedMs: number;

  /** Begins to wait. */
  constructor(idleMs: number, clock: Clock, stop: AbortSignal) {
    this.#clock = clock;
    this.#idleMs = idleMs;
    this.#fedMs = clock.monotonic();
    this.signal = AbortSignal.any([stop, this.#hunger.signal]);
    void this.#guard(AbortSignal.any([this.signal, this.#over.signal]));
  }

  feed(): void {
    this.#fedMs = this.#clock.monotonic();
  }

  /** It has aborted the signal. */
  get barked(): boolean {
    return this.#hunger.signal.aborted;
  }

  async #guard(over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const leftMs = this.#fedMs + this.#idleMs - this.#clock.monotonic();
      if (leftMs <= 0) this.#hunger.abort();
      else await this.#clock.sleep(leftMs, over);
    }
  }

  [Symbol.dispose](): void {
    this.#over.abort();
  }
}
