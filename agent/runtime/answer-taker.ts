/** What a handler of undici's may do to its exchange. */
interface Exchange {
  abort(reason: Error): void;
}

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
  #exchange: Exchange | null = null;
  #answer: TakenAnswer = { status: 0, retryAfter: null };

  /** `take` ends the exchange by returning false, `signal` by aborting, whether or not it has begun. */
  constructor(take: (chunk: Buffer, status: number) => boolean, signal: AbortSignal) {
    this.#take = take;
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
    this.#answer = { status, retryAfter: typeof retryAfter === 'string' ? retryAfter : null };
  }

  onResponseData(exchange: Exchange, chunk: Buffer): void {
    if (this.#take(chunk, this.#answer.status)) return;
    this.#end();
    exchange.abort(new Error('no more of it is wanted'));
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
