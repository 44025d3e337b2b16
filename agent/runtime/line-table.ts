import type { LineMemory } from './line-memory.ts';

/** Words of a row and what stands in them, as in tools/lines. */
const ROW = 6;
const RECORD = 0;
const TEXT_END = 2;
const SECONDS = 3;
const NANOS = 4;
const CHANNEL = 5;
/** Words of the head with the sums of a channel. */
const SUMS = [16, 28] as const;
const LINES = 7;
const TEXT_BYTES = 8;
const RECORD_BYTES = 9;

/** What lines of one channel may stand in a table. */
export interface ChannelBounds {
  /** Least and greatest seconds since 1970; a greatest of -1 keeps all out. */
  oldest: number;
  newest: number;
  /** Bytes that an entry takes beside its text at most. */
  overheadBytes: number;
}

/** What lines may stand in a table: set by whom they are for, made tighter by whom they come from. */
export class LineBounds {
  /** Bytes of all entries together. */
  roomBytes = 0;
  /** Bytes of one text. */
  maxLineBytes = 0;
  /** Where in the chunk the last line ends at most. */
  end: number = Number.POSITIVE_INFINITY;
  readonly channels: readonly [ChannelBounds, ChannelBounds] = [
    { oldest: 0, newest: -1, overheadBytes: 0 },
    { oldest: 0, newest: -1, overheadBytes: 0 },
  ];
}

/**
 * Lines of one source that follow each other, of both channels, which need nothing but to be sent: as rows of numbers in the line memory, where
 * a record view holds one. Places are addresses there. Valid until it is filled again.
 */
export class LineTable {
  /** Rows, and how many there may be. */
  lines = 0;
  readonly maxLines: number;
  readonly address: number;
  readonly #words: Uint32Array;
  readonly #first: number;

  constructor({ words, rows }: LineMemory) {
    this.#words = words;
    this.address = rows.address;
    this.#first = rows.address / 4;
    this.maxLines = Math.floor(rows.bytes / (ROW * 4));
  }

  linesOf(channel: 0 | 1): number {
    return this.#words[SUMS[channel] + LINES]!;
  }

  /** Bytes of the texts. */
  textBytesOf(channel: 0 | 1): number {
    return this.#words[SUMS[channel] + TEXT_BYTES]!;
  }

  /** Bytes of the records, LFs included. */
  recordBytesOf(channel: 0 | 1): number {
    return this.#words[SUMS[channel] + RECORD_BYTES]!;
  }

  channel(row: number): 0 | 1 {
    return this.#words[this.#first + row * ROW + CHANNEL] as 0 | 1;
  }

  /** Where the record begins. */
  from(row: number): number {
    return this.#words[this.#first + row * ROW + RECORD]!;
  }

  /** Where the next record begins. */
  to(row: number): number {
    return this.#words[this.#first + row * ROW + TEXT_END]! + 1;
  }

  seconds(row: number): number {
    return this.#words[this.#first + row * ROW + SECONDS]!;
  }

  nanos(row: number): number {
    return this.#words[this.#first + row * ROW + NANOS]!;
  }
}
