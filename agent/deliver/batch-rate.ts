import type { Batch } from './batch.ts';
import { ByteRate, type RateAccount } from './byte-rate.ts';
import type { Stream } from './stream.ts';

/** Lines and metadata in bytes before compression; a rate of 0 is none. */
export interface RateLimits {
  /** What a store takes of a stream. */
  readonly streamRateBytes: number;
  readonly streamBurstBytes: number;
  /** What the operator lets all of a lane send: its tenant's limit. */
  readonly laneRateBytes: number;
  readonly laneBurstBytes: number;
}

/** When a batch may be sent as far as rates matter: those of its streams, and that of the lane. Until then its lines wait, on disk before long. */
export class BatchRate {
  readonly #streams: ByteRate;
  readonly #lane: ByteRate;
  readonly #account: RateAccount = { paidUntilMs: 0 };

  constructor({ streamRateBytes, streamBurstBytes, laneRateBytes, laneBurstBytes }: RateLimits) {
    this.#streams = new ByteRate(streamRateBytes, streamBurstBytes);
    this.#lane = new ByteRate(laneRateBytes, laneBurstBytes);
  }

  /** From when so much of one stream may be sent, as far as that stream matters; monotonic. */
  streamReadyMs(stream: Stream, bytes: number): number {
    return this.#streams.readyMs(stream, bytes);
  }

  /** From when the batch may be sent; monotonic. */
  readyMs({ loads, bytes }: Batch): number {
    let ms = this.#lane.readyMs(this.#account, bytes);
    for (let i = 0; i < loads.length; i += 1) ms = Math.max(ms, this.#streams.readyMs(loads[i]!.stream, loads[i]!.bytes));
    return ms;
  }

  /** The batch is sent now. */
  charge({ loads, bytes }: Batch, nowMs: number): void {
    this.#lane.charge(this.#account, bytes, nowMs);
    for (const { stream, bytes } of loads) this.#streams.charge(stream, bytes, nowMs);
  }
}

/** No batch is larger than what a rate lets through at once, however long one waits. */
export function largestBurst({ streamRateBytes, streamBurstBytes, laneRateBytes, laneBurstBytes }: RateLimits): number {
  const ofStream = streamRateBytes === 0 ? Number.POSITIVE_INFINITY : streamBurstBytes;
  return Math.min(ofStream, laneRateBytes === 0 ? Number.POSITIVE_INFINITY : laneBurstBytes);
}
