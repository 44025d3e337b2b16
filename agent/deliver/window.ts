import { Stretch } from './stretch.ts';

/** So much longer than with half the requests an answer may take while the window still grows, and before it is made smaller. */
const TOLERATED_STRETCH = 1.5;
const EXCESSIVE_STRETCH = 2;
/** How often the store is looked at with half the requests: what is normal for it changes. */
const RENEWAL_MS = 60_000;
/**
 * Requests at the start, and from which on growth after a failure is no more than one a round trip. With one alone, a request that hangs
 * would hold up all others for as long as it may take.
 */
const START = 2;

/** A request that was answered: its number, the bytes of its body, how long it took, and when that was on the monotonic clock. */
export interface Answer {
  readonly request: number;
  readonly bytes: number;
  readonly ms: number;
  readonly nowMs: number;
}

/**
 * How many requests may be under way: TCP's congestion window, counted in requests. It begins with two, doubles in a round trip up to a
 * threshold and grows by one beyond (RFC 5681), only while it is what holds batches up (RFC 7661). A failure halves it, once for all
 * requests that were under way together (RFC 6582). Answers that take longer the more requests there are say that those wait in the store
 * (TCP Vegas): then it stops growing, and shrinks to what the store serves. What is normal is learnt from time to time with half the
 * window, as Envoy's gradient controller does it (adaptive_concurrency filter, minRTT); Vector's adaptive request concurrency reacts to
 * the same three signs.
 */
export class Window {
  readonly #maxRequests: number;
  readonly #stretch = new Stretch();
  /** With a fraction of the next request; from 1 to the maximum. */
  #size: number;
  #threshold: number;
  /** The number of the newest request. */
  #sent = 0;
  /** Requests up to this number were under way when a batch had to wait for one of them. */
  #heldUpTo = 0;
  /** Requests up to this number were made with a larger window: their answers say nothing of this one. */
  #outdatedUpTo = 0;
  #renewedMs: number;

  /** `nowMs`: of the monotonic clock. */
  constructor(maxRequests: number, nowMs: number) {
    this.#maxRequests = maxRequests;
    this.#size = Math.min(START, maxRequests);
    this.#threshold = maxRequests;
    this.#renewedMs = nowMs;
  }

  get slots(): number {
    return Math.floor(this.#size);
  }

  /** A request is made; returns its number. */
  begin(): number {
    this.#sent += 1;
    return this.#sent;
  }

  /** A batch waits for nothing but the end of one of the requests under way. */
  held(): void {
    this.#heldUpTo = this.#sent;
  }

  /** The store has taken what was sent. */
  stored({ request, bytes, ms, nowMs }: Answer): void {
    if (request <= this.#outdatedUpTo) return;
    const isComparable = this.#stretch.note(bytes, ms);
    if (request > this.#heldUpTo) return;
    if (nowMs - this.#renewedMs >= RENEWAL_MS) this.#renew(nowMs);
    else if (isComparable) this.#adapt();
  }

  #adapt(): void {
    const stretch = this.#stretch.value;
    if (stretch <= TOLERATED_STRETCH) {
      this.#size = Math.min(this.#size + (this.#size < this.#threshold ? 1 : 1 / this.#size), this.#maxRequests);
      return;
    }
    // A store that is busy serves no more with more requests (Little's law): with so many they take as long as is tolerated.
    if (stretch > EXCESSIVE_STRETCH) {
      this.#shrinkTo((this.#size * TOLERATED_STRETCH) / stretch);
      this.#stretch.expect(TOLERATED_STRETCH);
    }
    this.#threshold = this.#size;
  }

  /** The store had not the time for a request, or did not come to answer it. */
  failed(request: number): void {
    if (request <= this.#outdatedUpTo) return;
    this.#shrinkTo(this.#size / 2);
    this.#threshold = Math.max(this.#size, START);
  }

  /** Nothing works any more; what comes after it begins as at the start, so that a store is not run over as soon as it is up again. */
  collapse(): void {
    this.#shrinkTo(Math.min(START, this.#size));
    this.#stretch.forget();
  }

  #renew(nowMs: number): void {
    this.#threshold = this.#size;
    this.#shrinkTo(this.#size / 2);
    this.#stretch.forget();
    this.#renewedMs = nowMs;
  }

  #shrinkTo(size: number): void {
    this.#size = Math.max(size, 1);
    this.#outdatedUpTo = this.#sent;
  }
}
