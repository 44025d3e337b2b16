import assert from 'node:assert';
import type { ChannelResume, OpenRecord } from '../model/position.ts';
import { STDOUT, stdChannel, type Metadata, type RecordView } from '../model/record.ts';
import type { LineBounds } from '../runtime/line-table.ts';
import type { ChannelDecode } from './channel-decode.ts';
import { decodeCri, MAX_HEADER_BYTES } from './cri.ts';
import { decodeDockerJson, decodeDockerText, dockerTextStart } from './docker-json.ts';
import type { LineScanner } from './line-scanner.ts';

const LF = 10;
const OPENING_BRACE = 123;
const MALFORMED: Metadata = [['parse_error', 'malformed']];
const TORN: Metadata = [['parse_error', 'torn']];

/** A piece of one file, in the order of the file, as the reader hands it over. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Bytes of the source before this chunk, over all its files. */
  readonly at: number;
  /** The chunk begins a file. */
  readonly startsFile: boolean;
  /** Nothing will follow in this file: what stands after the last LF is all there will be of it. */
  readonly endsFile: boolean;
  /** Bytes before this chunk are gone, so what it holds is new, even in places that were settled before the restart. */
  readonly afterGap: boolean;
  /** The chunk is as large as chunks get, which is more than the line limit and MAX_HEADER_BYTES together. */
  readonly full: boolean;
}

/** Counts of one source since it was opened. */
export interface DecodeCounts {
  records: number;
  malformed: number;
}

/**
 * Finds the records in chunks and decodes them, each by its first byte as CRI or Docker's JSON. Content longer than a line may be
 * comes in stretches, cut at places that the record alone decides.
 */
export class RecordReader {
  readonly counts: DecodeCounts = { records: 0, malformed: 0 };
  /** Whether what is in the view is of no known form; then its time is for the caller to tell. */
  malformed = false;
  /** The place behind what is in the view is inside this record. */
  openRecord: OpenRecord | null;
  /** The same for the place where that begins. */
  recordInside: OpenRecord | null = null;
  #recordStart = 0;
  #chunk: Chunk;
  #cursor = 0;
  readonly #maxLineBytes: number;

  constructor(maxLineBytes: number, { at, record }: Pick<ChannelResume, 'at' | 'record'>) {
    this.#maxLineBytes = maxLineBytes;
    this.openRecord = record;
    this.#chunk = { bytes: Buffer.alloc(0), at, startsFile: false, endsFile: false, afterGap: false, full: false };
  }

  /** Bytes of the chunk that need not be read again. */
  get consumed(): number {
    return this.#cursor;
  }

  /** The place in the source behind what is in the view. */
  get at(): number {
    return this.#chunk.at + this.#cursor;
  }

  /** The place in the source where that begins. */
  get recordAt(): number {
    return this.#chunk.at + this.#recordStart;
  }

  feed(chunk: Chunk): void {
    assert(!chunk.full || chunk.bytes.length > this.#maxLineBytes + MAX_HEADER_BYTES, 'chunks are too small for the line limit');
    this.#chunk = chunk;
    this.#cursor = 0;
    if (chunk.startsFile) this.openRecord = null;
  }

  /** Fills the scanner's table with the lines that come next, as far as they are plain and within bounds; returns how many. */
  readLines(scanner: LineScanner, bounds: LineBounds, channels: readonly [ChannelDecode, ChannelDecode]): number {
    if (this.openRecord !== null) return 0;
    this.#cursor = scanner.scan(this.#chunk.bytes, this.#cursor, bounds, channels);
    this.counts.records += scanner.table.lines;
    return scanner.table.lines;
  }

  /** How far a place in the source is from its address in the scanner's table. */
  get base(): number {
    return this.#chunk.at - this.#chunk.bytes.byteOffset;
  }

  /** Fills `view` with the next record, or with the next stretch of a long one, which is then partial. */
  read(view: RecordView): boolean {
    const { bytes, endsFile } = this.#chunk;
    const start = this.#cursor;
    const lf = bytes.indexOf(LF, start);
    const whole = lf !== -1 || (endsFile && start < bytes.length);
    if (!whole && !this.#isLong(start)) return false;
    const end = lf === -1 ? bytes.length : lf;
    const inside = this.openRecord;
    this.#recordStart = start;
    this.recordInside = inside;
    const rest = inside === null ? this.#decode(view, end, whole) : this.#continue(view, end, inside);
    if (rest !== -1) {
      view.partial = true;
      this.#cursor = rest;
      return true;
    }
    this.openRecord = null;
    this.#cursor = lf === -1 ? end : end + 1;
    if (lf === -1 && !this.malformed) {
      view.partial = false;
      view.metadata = TORN;
    }
    return true;
  }

  /** What is in the view comes again with the next call. */
  rewind(): void {
    this.#cursor = this.#recordStart;
    this.openRecord = this.recordInside;
    if (this.recordInside === null) this.counts.records -= 1;
  }

  /** Whether so much of the record at `start` is there that it can be cut, though its end is not: where, may not depend on the chunk. */
  #isLong(start: number): boolean {
    const { bytes, full } = this.#chunk;
    const needsEnd = this.openRecord?.escaped ?? bytes[start] === OPENING_BRACE;
    if (needsEnd) return full && start === 0;
    return bytes.length - start > (this.openRecord === null ? this.#maxLineBytes + MAX_HEADER_BYTES : this.#maxLineBytes);
  }

  /** Fills `view` with the record under the cursor; returns where it goes on when its content is longer than a line may be, else -1. */
  #decode(view: RecordView, end: number, whole: boolean): number {
    this.counts.records += 1;
    const { bytes } = this.#chunk;
    const start = this.#cursor;
    this.malformed = false;
    const isJson = bytes[start] === OPENING_BRACE;
    const known = isJson ? whole && decodeDockerJson(bytes, start, end, view) : decodeCri(bytes, start, end, view);
    if (!known) this.#takeRaw(view, end);
    return view.end - view.start <= this.#maxLineBytes ? -1 : this.#openLong(view, end, isJson && known);
  }

  #takeRaw(view: RecordView, end: number): void {
    this.counts.malformed += 1;
    this.malformed = true;
    view.buffer = this.#chunk.bytes;
    view.start = this.#cursor;
    view.end = end;
    view.seconds = 0;
    view.nanos = 0;
    view.channel = STDOUT;
    view.partial = false;
    view.metadata = MALFORMED;
  }

  /** Reduces the view to the first stretch of a long record, and returns where the next one begins. */
  #openLong(view: RecordView, end: number, isJson: boolean): number {
    const { bytes } = this.#chunk;
    const text = isJson ? dockerTextStart(bytes, this.#cursor, end, view) : -1;
    const escaped = text !== -1;
    if (isJson && !escaped) this.#takeRaw(view, end);
    const { partial, seconds, nanos } = view;
    this.openRecord = { channel: stdChannel(view), partial, malformed: this.malformed, time: [seconds, nanos], escaped };
    if (!escaped) return this.#cut(view);
    view.buffer = bytes;
    view.start = text;
    view.end = end;
    return decodeDockerText(view, this.#maxLineBytes);
  }

  /** Fills `view` with the next stretch of a long record; returns where the one after it begins, or -1 for the last. */
  #continue(view: RecordView, end: number, record: OpenRecord): number {
    this.malformed = record.malformed;
    view.channel = record.channel;
    view.partial = record.partial;
    [view.seconds, view.nanos] = record.time;
    view.metadata = record.malformed ? MALFORMED : null;
    view.buffer = this.#chunk.bytes;
    view.start = this.#cursor;
    view.end = end;
    return record.escaped ? decodeDockerText(view, this.#maxLineBytes) : this.#cut(view);
  }

  #cut(view: RecordView): number {
    const limit = view.start + this.#maxLineBytes;
    if (view.end <= limit) return -1;
    view.end = limit;
    return limit;
  }
}
