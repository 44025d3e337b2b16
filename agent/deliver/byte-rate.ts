/** What a rate is kept for: a stream, or all that one tenant sends. */
export interface RateAccount {
  /** Until when what was sent uses up the rate, on the monotonic clock. */
  paidUntilMs: number;
}

/**
 * A rate that is never exceeded: what would exceed it waits, so that nobody has to refuse it. A token bucket kept as one number an account,
 * the time until which what was sent is paid for (the generic cell rate algorithm).
 */
export class ByteRate {
  readonly #bytesPerMs: number;
  readonly #burstMs: number;

  /** Without a rate (0) nothing ever waits. */
  constructor(rateBytesPerSecond: number, burstBytes: number) {
    this.#bytesPerMs = rateBytesPerSecond === 0 ? Number.POSITIVE_INFINITY : rateBytesPerSecond / 1000;
    this.#burstMs = burstBytes / this.#bytesPerMs;
  }

  /** From when so many bytes may be sent; monotonic. More than a burst may be sent once all before it is paid for. */
  readyMs({ paidUntilMs }: RateAccount, bytes: number): number {
    return paidUntilMs + bytes / this.#bytesPerMs - this.#burstMs;
  }

  /** How many bytes may be sent now; less than 0 where more were sent than may be. */
  freeBytes({ paidUntilMs }: RateAccount, nowMs: number): number {
    return (this.#burstMs - Math.max(0, paidUntilMs - nowMs)) * this.#bytesPerMs;
  }

  /** So many bytes are sent now. */
  charge(account: RateAccount, bytes: number, nowMs: number): void {
    account.paidUntilMs = Math.max(account.paidUntilMs, nowMs) + bytes / this.#bytesPerMs;
  }
}
