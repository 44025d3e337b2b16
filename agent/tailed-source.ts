import type { AckTracker } from './checkpoint/ack-tracker.ts';
import type { SourceDecoder } from './decode/source-decoder.ts';
import type { Lane } from './deliver/lane.ts';
import type { Route } from './deliver/output.ts';
import type { Counters } from './model/counters.ts';
import type { Position } from './model/position.ts';
import type { RecordView } from './model/record.ts';
import type { Source } from './model/source.ts';
import type { SourceLog } from './tail/source-log.ts';

export interface TailedSourceParts<R extends Route> {
  readonly source: Source;
  readonly log: SourceLog;
  readonly decoder: SourceDecoder;
  readonly acks: AckTracker;
  /** Indexed by channel. */
  readonly routes: readonly [R, R];
  readonly lane: Lane<R>;
  readonly counters: Counters;
}

/** One source on its way to one output: its chain of files, its decoder, and what of it is not settled yet. */
export class TailedSource<R extends Route> {
  readonly source: Source;
  readonly #parts: TailedSourceParts<R>;
  /** The lane's batch that this source holds a ticket in. */
  #batch: object | null = null;

  constructor(parts: TailedSourceParts<R>) {
    this.source = parts.source;
    this.#parts = parts;
  }

  get unreadBytes(): number {
    return this.#parts.log.unreadBytes;
  }

  /** Nothing of the source waits in memory: no open part, no entry without an answer. */
  get settled(): boolean {
    return !this.#parts.decoder.holds && this.#parts.acks.pending === 0;
  }

  get holdsParts(): boolean {
    return this.#parts.decoder.holds;
  }

  /** Why the newest file of the log could not be opened at the last look. */
  get followFailure(): string | null {
    return this.#parts.log.followFailure;
  }

  /** Looks at the disk; returns whether a turn may get further than the last one. */
  poll(nowMs: number): boolean {
    return this.#parts.log.poll(nowMs);
  }

  /**
   * Reads one chunk into `buffer` and hands its entries to the lane, through `view`. Stops early when the lane is full: what was
   * not consumed is read again. Returns whether another turn would get further. Rejects on I/O errors.
   */
  async turn(buffer: Buffer, view: RecordView, nowMs: number): Promise<boolean> {
    const { log, decoder, lane, counters } = this.#parts;
    const chunk = await log.read(buffer, nowMs);
    if (chunk.afterGap) this.giveUpParts(view);
    const { malformed, records } = decoder.counts;
    decoder.feed({ ...chunk, bytes: buffer.subarray(0, chunk.length), full: chunk.length === buffer.length }, chunk.birth);
    while (!lane.full && decoder.next(view)) this.#append(view);
    const { consumed } = decoder;
    counters.readBytes += consumed;
    counters.readRecords += decoder.counts.records - records;
    counters.malformedRecords += decoder.counts.malformed - malformed;
    log.advance(chunk, consumed);
    return lane.full || chunk.endsFile || (consumed > 0 && log.unreadBytes > 0);
  }

  #append(view: RecordView): void {
    const { lane, routes, acks, decoder, counters } = this.#parts;
    lane.append(routes[view.channel], view);
    counters.appendedEntries += 1;
    if (this.#batch === lane.batch) return;
    this.#batch = lane.batch;
    lane.batch.onSettled(acks.take(decoder.resumeBeforeEntry()));
  }

  /** Ships the parts of lines that are not going to be finished, marked as partial. */
  giveUpParts(view: RecordView): void {
    while (this.#parts.decoder.flush(view)) this.#append(view);
  }

  /** From where the source must be read again after a crash now. */
  position(): Position {
    const { log, acks, decoder } = this.#parts;
    return log.position(acks.committable(() => decoder.resumePoint()));
  }

  close(): void {
    this.#parts.log.close();
  }
}
