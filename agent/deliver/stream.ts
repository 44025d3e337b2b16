import type { Share } from './share.ts';

/** What a lane keeps of a label set; the streams of an output extend it. Of one stream there are never two requests under way. */
export class Stream {
  /** Its entries in the open batch; null while there are none. */
  share: Share | null = null;
  /** A request with entries of it is under way. */
  busy = false;
  /** Sealed batches with entries of it that are not in a request. */
  waitingBatches = 0;
  /** The last look over the queue that has met it. */
  look = 0;
  /** Until when what was sent uses up the rate that a store allows a stream, on the monotonic clock. */
  paidUntilMs = 0;

  /** Whoever reads for this stream does better to pause: what is sealed already has to wait. The budget's `freed` rings at its end. */
  get waiting(): boolean {
    return this.waitingBatches > 0;
  }
}
