import type { Stream } from './stream.ts';

/**
 * Keeps every stream below the rate that a store allows it, so that it never has to refuse: behind a 204 that might go unseen. A token
 * bucket kept as one number a stream, the time until which what was sent is paid for (the generic cell rate algorithm).
 */
export class StreamRate {
  readonly #bytesPerMs: number;
  readonly #burstMs: number;

  /** Without a rate (0) nothing ever waits. */
  constructor(rateBytesPerSecond: number, burstBytes: number) {
    this.#bytesPerMs = rateBytesPerSecond === 0 ? Number.POSITIVE_INFINITY : rateBytesPerSecond / 1000;
    this.#burstMs = burstBytes / this.#bytesPerMs;
  }

  /** From when so many bytes may be sent; monotonic. */
  readyMs({ paidUntilMs }: Stream, bytes: number): number {
    return paidUntilMs + bytes / this.#bytesPerMs - this.#burstMs;
  }

  /** So many bytes are sent now. */
  charge(stream: Stream, bytes: number, nowMs: number): void {
    stream.paidUntilMs = Math.max(stream.paidUntilMs, nowMs) + bytes / this.#bytesPerMs;
  }
}
