/** How long what was written counts, and how often it is looked at. */
const MEMORY_MS = 60_000;
const SAMPLE_MS = 5000;

/** How fast a log grows, as an average that forgets. */
export class WriteRate {
  bytesPerSecond = 0;
  #bytes = 0;
  #sinceMs: number;

  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
  }

  /** The log has grown by so many bytes since the last call. */
  grew(bytes: number, nowMs: number): void {
    this.#bytes += bytes;
    const elapsedMs = nowMs - this.#sinceMs;
    if (elapsedMs < SAMPLE_MS) return;
    const weight = 1 - Math.exp(-elapsedMs / MEMORY_MS);
    this.bytesPerSecond += ((this.#bytes * 1000) / elapsedMs - this.bytesPerSecond) * weight;
    this.#bytes = 0;
    this.#sinceMs = nowMs;
  }
}
