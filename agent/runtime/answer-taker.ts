import type { Clock } from './clock.ts';

/** What a handler of undici's may do to its exchange. */
interface Exchange {
  abort(reason: Error): void;
  /** No more is handed on once the chunk at hand is, until `resume`, which hands on at once what has come meanwhile. */
  pause(): void;
  resume(): void;
}

/** How long a body is left alone that comes in small pieces, each of which would wake the process. */
export interface Gulps {
  readonly pauseMs: number;
  readonly clock: Clock;
}

/** What comes so soon after a pause came during it, or comes in a stream, and is handed on at once. */
const GULP_MS = 5;

/** An answer whose body was taken, to its end or as far as it was wanted; `retryAfter` is the header as it came. */
export interface TakenAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/**
 * Hands on the body of an answer chunk by chunk, as they come from the socket: without the stream, and its promise a chunk, that undici's
 * own methods put between (a handler of undici's, types/dispatcher.d.ts DispatchHandler).
 */
export class AnswerTaker {
  readonly #take: (chunk: Buffer, status: number) => boolean;
  readonly #signal: AbortSignal;
  readonly #settled = Promise.withResolvers<TakenAnswer>();
  readonly #onAbort = (): void => this.#fail(this.#signal.reason as Error);
  readonly #gulps: Gulps | null;
  #exchange: Exchange | null = null;
  /** When the body began, or its last pause ended; monotonic. */
  #gulpMs = 0;
  #answer: TakenAnswer = { status: 0, retryAfter: null };

  /** `take` ends the exchange by returning false, `signal` by aborting, whether or not it has begun. `gulps`: null: all comes at once. */
  constructor(take: (chunk: Buffer, status: number) => boolean, signal: AbortSignal, gulps: Gulps | null = null) {
    this.#take = take;
    this.#gulps = gulps;
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  /** Rejects with what undici or the signal has to say. */
  get answer(): Promise<TakenAnswer> {
    return this.#settled.promise;
  }

  onRequestStart(exchange: Exchange): void {
    this.#exchange = exchange;
    if (this.#signal.aborted) exchange.abort(this.#signal.reason as Error);
  }

  onResponseStart(_: Exchange, status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void {
    const retryAfter = headers['retry-after'];
    this.#gulpMs = this.#gulps?.clock.monotonic() ?? 0;
    this.#answer = { status, retryAfter: typeof retryAfter === 'string' ? retryAfter : null };
  }

  onResponseData(exchange: Exchange, chunk: Buffer): void {
    if (!this.#take(chunk, this.#answer.status)) {
      this.#end();
      exchange.abort(new Error('no more of it is wanted'));
    } else if (this.#gulps !== null && this.#gulps.clock.monotonic() - this.#gulpMs > GULP_MS) {
      exchange.pause();
      void this.#resume(exchange, this.#gulps);
    }
  }

  async #resume(exchange: Exchange, { pauseMs, clock }: Gulps): Promise<void> {
    await clock.sleep(pauseMs, this.#signal);
    if (this.#exchange === null) return;
    this.#gulpMs = clock.monotonic();
    exchange.resume();
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_: Exchange | null, error: Error): void {
    this.#fail(error);
  }

  #end(): void {
    this.#exchange = null;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#settled.resolve(this.#answer);
  }

  #fail(error: Error): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#settled.reject(error);
    const exchange = this.#exchange;
    this.#exchange = null;
    exchange?.abort(error);
  }
}
