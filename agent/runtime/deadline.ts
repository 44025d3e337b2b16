import type { Clock } from './clock.ts';

/**
 * Aborts with a TimeoutError after `ms`, or as `stop` does; disposed of when it is not needed any more. What AbortSignal.timeout and
 * AbortSignal.any make lives until a full garbage collection after the time is up.
 */
export class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #over = new AbortController();
  readonly #stop: AbortSignal;
  readonly #onStop: () => void;

  constructor(ms: number, stop: AbortSignal, clock: Clock) {
    this.#stop = stop;
    this.#onStop = () => this.#controller.abort(stop.reason);
    if (stop.aborted) this.#onStop();
    else stop.addEventListener('abort', this.#onStop, { once: true });
    void this.#expire(ms, clock);
  }

  async #expire(ms: number, clock: Clock): Promise<void> {
    await clock.sleep(ms, this.#over.signal);
    if (!this.#over.signal.aborted) this.#controller.abort(new DOMException(`no answer within ${ms} ms`, 'TimeoutError'));
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#over.abort();
    this.#stop.removeEventListener('abort', this.#onStop);
  }
}
