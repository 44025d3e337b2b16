/** A batch is not made smaller than this: below it requests cost more than their bytes. */
const FLOOR_BYTES = 65_536;
/** A batch that was stored lets the next ones grow by this part of the largest. */
const GROWTH = 1 / 8;
/** How long it is believed that the store takes no larger request: as for a path's MTU (RFC 1191, section 6.3). */
const CEILING_MS = 600_000;

/**
 * From which size on a batch is closed. The largest is the best for store and agent, and a batch that does not fill is closed by its age, so
 * there is one reason alone to make smaller ones: that the store did not take a large one. Then half of that is tried, and what passes makes
 * the next ones larger again.
 */
export class BatchSize {
  readonly #maxBytes: number;
  readonly #floorBytes: number;
  /** Before compression; read for each entry. */
  targetBytes: number;
  #ceilingBytes = Number.POSITIVE_INFINITY;
  #ceilingUntilMs = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#floorBytes = Math.min(maxBytes, FLOOR_BYTES);
    this.targetBytes = maxBytes;
  }

  /** A batch of so many bytes was stored. It tells of others only if it was about as large as they may be. */
  stored(bytes: number, nowMs: number): void {
    if (nowMs >= this.#ceilingUntilMs) this.#ceilingBytes = Number.POSITIVE_INFINITY;
    if (bytes < this.targetBytes / 2) return;
    const grownBytes = Math.min(this.targetBytes + this.#maxBytes * GROWTH, this.#maxBytes, this.#ceilingBytes);
    this.targetBytes = Math.max(this.targetBytes, grownBytes);
  }

  /** A batch of so many bytes was more than a rate limit had left, or than could be sent in time. Pieces of one batch count once. */
  failed(bytes: number): void {
    this.targetBytes = Math.min(this.targetBytes, Math.max(bytes / 2, this.#floorBytes));
  }

  /** The store takes no batch of so many bytes, however often it comes. */
  tooLarge(bytes: number, nowMs: number): void {
    this.failed(bytes);
    this.#ceilingBytes = this.targetBytes;
    this.#ceilingUntilMs = nowMs + CEILING_MS;
  }
}
