import type { Channel } from '../model/record.ts';
import type { LineTable } from '../runtime/line-table.ts';
import type { WireBufferPool } from '../runtime/wire-buffer.ts';
import { EntryLog } from './entry-log.ts';
import type { Origin, Span } from './origin.ts';
import type { Stream } from './stream.ts';

/** What an entry goes into. Identity tells whether it is still the one that the entry before went into. */
export interface OpenBatch {
  /** `callback` runs once all entries in it are stored or accounted for. */
  onSettled(callback: () => void): void;
}

/**
 * The entries of one stream in one batch: the unit in which acknowledgements are waited for. A batch is a list of shares when it is
 * sealed; a store that tells entries apart may scatter a share over several requests, and it is settled with the last of them.
 */
export class Share implements OpenBatch {
  readonly stream: Stream;
  /** Lines, and names and values of metadata: what a store counts against a stream's rate. */
  countedBytes = 0;
  #log: EntryLog | null;
  #settled: (() => void)[] = [];
  /** Entries, once it is closed. */
  #unsettled = 0;

  constructor(stream: Stream, pool: WireBufferPool) {
    this.stream = stream;
    this.#log = new EntryLog(pool);
  }

  onSettled(callback: () => void): void {
    this.#settled.push(callback);
  }

  /** Notes an entry; returns the bytes of memory that this takes. */
  append(span: Span, countedBytes: number): number {
    this.countedBytes += countedBytes;
    return this.#log!.append(span);
  }

  /** Notes the lines of one channel of a table; returns the bytes of memory that this takes. */
  appendLines(origin: Origin, table: LineTable, channel: Channel, base: number): number {
    return this.#log!.appendLines(origin, table, channel, base);
  }

  /** No more entries. */
  close(): void {
    this.#log!.close();
    this.#unsettled = this.#log!.entries;
  }

  get entries(): number {
    return this.#log!.entries;
  }

  /** Where the entries came from, in their order; of a share that is not settled. */
  spans(): Span[] {
    return this.#log!.spans();
  }

  /**
   * So many entries are stored or accounted for; returns the bytes of memory that are free now. Sources remember the share that they
   * wrote to last, so once it is settled it keeps nothing.
   */
  settle(entries: number): number {
    this.#unsettled -= entries;
    if (this.#unsettled > 0) return 0;
    for (const callback of this.#settled) callback();
    const { bytes } = this.#log!;
    this.#settled = [];
    this.#log = null;
    return bytes;
  }
}
