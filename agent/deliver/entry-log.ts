import type { Channel } from '../model/record.ts';
import type { LineTable } from '../runtime/line-table.ts';
import { readVarint, varintLength, writeVarint } from '../runtime/varint.ts';
import { WireBuffer, type WireBufferPool } from '../runtime/wire-buffer.ts';
import type { Origin, Span } from './origin.ts';

/** What two varints take at most. */
const ENTRY_BYTES = 16;
/** About what a run takes of the heap. */
const RUN_BYTES = 64;

/** Entries of one origin that come from ascending places. */
interface Run {
  readonly origin: Origin;
  /** Place of its first entry. */
  readonly from: number;
  /** How many entries came before it. */
  readonly before: number;
}

/**
 * Where the entries of one stream in one batch came from, in their order: for each twice its length as a varint, one more when it does
 * not begin where the one before ended, and that gap as another; two bytes a line as a rule. Written for every line, read for the few
 * that are refused.
 */
export class EntryLog {
  readonly #runs: Run[] = [];
  /** While entries are added. */
  #open: WireBuffer | null;
  #closed: Buffer | null = null;
  #origin: Origin | null = null;
  /** Where the newest entry ends. */
  #end = 0;
  entries = 0;

  constructor(pool: WireBufferPool) {
    this.#open = new WireBuffer(pool);
  }

  /** Adds an entry; returns by how many bytes the log grew. */
  append({ origin, from, bytes }: Span): number {
    const before = this.bytes;
    this.#add(origin, from, bytes);
    return this.bytes - before;
  }

  /** Adds the lines of one channel of a table; `base` is how far places are from addresses. */
  appendLines(origin: Origin, table: LineTable, channel: Channel, base: number): number {
    const before = this.bytes;
    for (let row = 0; row < table.lines; row += 1) {
      if (table.channel(row) === channel) this.#add(origin, base + table.from(row), table.to(row) - table.from(row));
    }
    return this.bytes - before;
  }

  #add(origin: Origin, from: number, bytes: number): void {
    if (origin !== this.#origin || from < this.#end) this.#begin(origin, from);
    const wire = this.#open!;
    const gap = from - this.#end;
    wire.reserve(ENTRY_BYTES);
    wire.at = writeVarint(wire.bytes, wire.at, bytes * 2 + (gap === 0 ? 0 : 1));
    if (gap !== 0) wire.at = writeVarint(wire.bytes, wire.at, gap);
    this.#end = from + bytes;
    this.entries += 1;
  }

  #begin(origin: Origin, from: number): void {
    this.#runs.push({ origin, from, before: this.entries });
    this.#origin = origin;
    this.#end = from;
  }

  /** What it takes of memory: the sum of what `append` returned. */
  get bytes(): number {
    return (this.#closed ?? this.#open!).length + this.#runs.length * RUN_BYTES;
  }

  /** No more entries: from now on it takes no more memory than they do. */
  close(): void {
    const wire = this.#open!;
    this.#closed = Buffer.allocUnsafe(wire.length);
    wire.copy(this.#closed, 0);
    wire.release();
    this.#open = null;
  }

  /** The spans of all entries, once it is closed. */
  spans(): Span[] {
    const log = this.#closed!;
    const spans: Span[] = [];
    let at = 0;
    this.#runs.forEach(({ origin, from: place }, index) => {
      const last = this.#runs[index + 1]?.before ?? this.entries;
      for (let end = place; spans.length < last; ) {
        const length = readVarint(log, at);
        at += varintLength(length);
        const gap = length % 2 === 0 ? 0 : readVarint(log, at);
        if (gap !== 0) at += varintLength(gap);
        const bytes = Math.floor(length / 2);
        spans.push({ origin, from: end + gap, bytes });
        end += gap + bytes;
      }
    });
    return spans;
  }
}
