/** How much may be used at once and over time, as in golang.org/x/time/rate: full at first, and nothing is lent. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #filledMs = 0;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes `tokens` and returns true, or takes none. `nowMs` is of a clock that never goes back. */
  take(tokens: number, nowMs: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((nowMs - this.#filledMs) / 1000) * this.#perSecond);
    this.#filledMs = nowMs;
    if (tokens > this.#tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}
