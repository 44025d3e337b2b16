import { type Channel, RecordView, STDERR, STDOUT } from '../model/record.ts';
import type { LineMemory } from '../runtime/line-memory.ts';
import { type ChannelBounds, type LineBounds, LineTable } from '../runtime/line-table.ts';
import type { ChannelDecode } from './channel-decode.ts';
import { decodeTimestamp } from './cri.ts';
import { SCAN_WASM } from './scan-wasm.ts';

/** Bytes of `2006-01-02T15`, and of the zones `Z` and `+00:00`. */
const HOUR_BYTES = 13;
/** Length of `2006-01-02T15:04:05`, and where minutes and seconds stand in it. */
const SECONDS_BYTES = 19;
const MINUTE_AT = 14;
const SECOND_AT = 17;
const UTC_BYTES = 1;
const OFFSET_BYTES = 6;
const ZERO = 48;
const DOT = 46;
const UPPER_Z = 90;
/** Words of the head, as in tools/lines/scan.ts. */
const HOUR = 0;
const ZONE = 4;
const ZONE_MASK = 6;
const ZONE_LENGTH = 8;
const HOUR_SECONDS = 9;
const ROOM = 10;
const MAX_LINE = 11;
const NEXT = 12;
const BLOCKS = [16, 28] as const;
const OLDEST = 4;
const NEWEST = 5;
const OVERHEAD = 6;
const LARGEST = 0xffff_ffff;

interface Exports {
  scan(from: number, end: number, rows: number, most: number): number;
}

/**
 * Finds lines that need nothing but to be sent, many at a call: a WebAssembly module that knows of a CRI record no more than how a full one
 * looks. Of dates it knows nothing at all: it takes the records of one hour in one zone, which are looked up here.
 */
export class LineScanner {
  readonly table: LineTable;
  readonly #memory: LineMemory;
  readonly #exports: Exports;
  readonly #view = new RecordView();
  #knowsHour = false;

  constructor(memory: LineMemory) {
    this.#memory = memory;
    this.#exports = memory.instantiate(SCAN_WASM) as Exports;
    this.table = new LineTable(memory);
  }

  /**
   * Fills the table with the lines of `b` from `at` on; returns the index behind them. `channels` are moved on by them. None are found in a
   * buffer that is not part of the line memory.
   */
  scan(b: Buffer, at: number, bounds: LineBounds, channels: readonly [ChannelDecode, ChannelDecode]): number {
    const { words, memory, entries } = this.#memory;
    this.table.lines = 0;
    if (b.buffer !== memory.buffer) return at;
    words[ROOM] = wordOf(Math.min(bounds.roomBytes, entries.bytes));
    words[MAX_LINE] = wordOf(bounds.maxLineBytes);
    if (!this.#begin(STDOUT, bounds.channels[STDOUT], channels[STDOUT]) || !this.#begin(STDERR, bounds.channels[STDERR], channels[STDERR]))
      return at;
    const end = Math.min(bounds.end, b.length);
    if (!this.#fill(b, at, end) && !(this.#learn(b, at) && this.#fill(b, at, end))) return at;
    this.#end(STDOUT, channels[STDOUT]);
    this.#end(STDERR, channels[STDERR]);
    return words[NEXT]! - b.byteOffset;
  }

  /** Writes down from where a channel goes on and what may be taken of it; false when it cannot be written. */
  #begin(channel: Channel, { oldest, newest, overheadBytes }: ChannelBounds, decode: ChannelDecode): boolean {
    const { words } = this.#memory;
    const at = BLOCKS[channel];
    if (!decode.saveRun(words, at)) return false;
    // Nothing lies between 1 and 0.
    words[at + OLDEST] = newest < 0 ? 1 : wordOf(Math.ceil(oldest));
    words[at + NEWEST] = wordOf(newest);
    words[at + OVERHEAD] = overheadBytes;
    return true;
  }

  #end(channel: Channel, decode: ChannelDecode): void {
    if (this.table.linesOf(channel) > 0) decode.loadRun(this.#memory.words, BLOCKS[channel]);
  }

  #fill(b: Buffer, at: number, end: number): boolean {
    const { table } = this;
    if (this.#knowsHour) table.lines = this.#exports.scan(b.byteOffset + at, b.byteOffset + end, table.address, table.maxLines);
    return table.lines > 0;
  }

  /** Takes note of the hour and zone that are written at `at`; false when they are none or known already. */
  #learn(b: Buffer, at: number): boolean {
    const view = this.#view;
    const end = decodeTimestamp(b, at, view);
    if (end === -1 || b[at + SECONDS_BYTES] !== DOT) return false;
    const hourSeconds = view.seconds - twoDigits(b, at + MINUTE_AT) * 60 - twoDigits(b, at + SECOND_AT);
    const zoneBytes = b[end - 1] === UPPER_Z ? UTC_BYTES : OFFSET_BYTES;
    const { words, bytes } = this.#memory;
    if (hourSeconds < 0 || hourSeconds > LARGEST - 3600 || this.#isKnown(b, at, end - zoneBytes, end)) return false;
    b.copy(bytes, HOUR * 4, at, at + HOUR_BYTES);
    bytes.fill(0, ZONE * 4, ZONE_LENGTH * 4);
    b.copy(bytes, ZONE * 4, end - zoneBytes, end);
    bytes.fill(0xff, ZONE_MASK * 4, ZONE_MASK * 4 + zoneBytes);
    words[ZONE_LENGTH] = zoneBytes;
    words[HOUR_SECONDS] = hourSeconds;
    this.#knowsHour = true;
    return true;
  }

  #isKnown(b: Buffer, at: number, zone: number, end: number): boolean {
    const { words, bytes } = this.#memory;
    const isZone = words[ZONE_LENGTH] === end - zone && b.compare(bytes, ZONE * 4, ZONE * 4 + end - zone, zone, end) === 0;
    return isZone && b.compare(bytes, HOUR * 4, HOUR * 4 + HOUR_BYTES, at, at + HOUR_BYTES) === 0;
  }
}

function twoDigits(b: Buffer, at: number): number {
  return (b[at]! - ZERO) * 10 + b[at + 1]! - ZERO;
}

function wordOf(value: number): number {
  return Math.min(Math.max(Math.floor(value), 0), LARGEST);
}
