/** What rules of rates have done to the logs of one owner, on the way to one output. */
export class LimitUse {
  /** Logs that wait on disk now. */
  waiting = 0;
  droppedBytes = 0;
  #pausedMs = 0;
  #countedMs = 0;

  /** So many logs more wait from now on; less than 0 for such as do so no more. */
  wait(logs: number, nowMs: number): void {
    this.#pausedMs = this.#pausedUntil(nowMs);
    this.#countedMs = nowMs;
    this.waiting += logs;
  }

  #pausedUntil(nowMs: number): number {
    return this.#pausedMs + this.waiting * (nowMs - this.#countedMs);
  }

  /** How long logs have waited, all of them added up, and what was done to them else. */
  status(nowMs: number): { readonly waiting: number; readonly pausedSeconds: number; readonly droppedBytes: number } {
    const { waiting, droppedBytes } = this;
    return { waiting, pausedSeconds: this.#pausedUntil(nowMs) / 1000, droppedBytes };
  }
}
