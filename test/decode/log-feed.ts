import assert from 'node:assert';
import { LineScanner } from '../../agent/decode/line-scanner.ts';
import { RecordJoiner } from '../../agent/decode/record-joiner.ts';
import { type DecodeOptions, SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import type { Multiline } from '../../agent/model/multiline.ts';
import type { ResumePoint } from '../../agent/model/position.ts';
import { type Channel, type Metadata, RecordView, stdChannel } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { LineMemory } from '../../agent/runtime/line-memory.ts';
import { LineBounds, type LineTable } from '../../agent/runtime/line-table.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';

/** An entry as it was handed out, kept. */
export interface Entry {
  readonly channel: Channel;
  readonly content: Buffer;
  readonly seconds: number;
  readonly nanos: number;
  readonly metadata: Metadata | null;
}

export function entryOf(view: RecordView): Entry {
  const { buffer, start, end, seconds, nanos, metadata } = view;
  return { channel: stdChannel(view), content: Buffer.from(buffer.subarray(start, end)), seconds, nanos, metadata };
}

export interface FeedOptions extends Partial<DecodeOptions> {
  readonly resume?: ResumePoint;
  /** Bytes of a full read. */
  readonly chunkBytes?: number;
  /** Absent: each line is an entry of its own. */
  readonly multiline?: Multiline | undefined;
  /** Lines come as tables where that is possible: within what this allows of the next one. */
  readonly bound?: (bounds: LineBounds) => void;
}

const MAX_LINE_BYTES = 262_144;
const CHUNK_BYTES = MAX_LINE_BYTES + 4096;

/** The files of one source in memory, read as the agent reads them: what a decoder did not consume of a chunk comes again with the next. */
export class LogFeed {
  readonly decoder: RecordJoiner;
  readonly view: RecordView = new RecordView();
  readonly partBudget: ByteBudget;
  /** Bytes of all files. */
  readonly length: number;
  readonly #files: readonly Buffer[];
  readonly #chunkBytes: number;
  readonly #bound: FeedOptions['bound'];
  /** What tables stand in. */
  readonly #lines: LineMemory | null;
  readonly #bounds = new LineBounds();
  /** What is taken comes out of a table. */
  inTable = false;
  #file = 0;
  #fileBase = 0;
  #cursor: number;

  constructor(files: readonly Buffer[], options: FeedOptions = {}) {
    const { resume = SourceDecoder.start, chunkBytes = CHUNK_BYTES, maxLineBytes = MAX_LINE_BYTES, partWaitSeconds = 3600 } = options;
    this.#lines = options.bound === undefined ? null : new LineMemory(chunkBytes);
    const scanner = this.#lines === null ? null : new LineScanner(this.#lines);
    this.partBudget = options.partBudget ?? new ByteBudget(64 * 1024 * 1024, new Wakeup());
    const decode = { maxLineBytes, partWaitSeconds, partBudget: this.partBudget, spares: new SpareBuffers() };
    this.decoder = new RecordJoiner(new SourceDecoder(decode, resume, scanner), decode);
    this.decoder.joinLines([options.multiline ?? null, options.multiline ?? null]);
    this.#files = files;
    this.#bound = options.bound;
    this.length = files.reduce((sum, file) => sum + file.length, 0);
    this.#chunkBytes = chunkBytes;
    this.#cursor = Math.min(resume[0].at, resume[1].at);
    while (this.#cursor >= this.#fileEnd && this.#file < files.length - 1) this.#nextFile();
  }

  get #fileEnd(): number {
    return this.#fileBase + this.#files[this.#file]!.length;
  }

  #nextFile(): void {
    this.#fileBase = this.#fileEnd;
    this.#file += 1;
  }

  /** Reads while that gets further; bytes of the source from `until` on are not written yet. `take` gets `view` for each entry. */
  readTo(until: number, take: (view: RecordView) => void): void {
    while (this.#turn(until, take));
  }

  #turn(until: number, take: (view: RecordView) => void): boolean {
    const { decoder, view } = this;
    const at = this.#cursor;
    const stop = Math.max(at, Math.min(at + this.#chunkBytes, until, this.#fileEnd));
    const bytes = this.#chunk(at - this.#fileBase, stop - this.#fileBase);
    const full = bytes.length === this.#chunkBytes;
    const endsFile = !full && this.#fileEnd <= until && this.#file < this.#files.length - 1;
    decoder.feed({ bytes, at, startsFile: at === this.#fileBase, endsFile, afterGap: false, full }, [1, 0]);
    while (this.#takeTable(take) || decoder.next(view)) take(view);
    this.#cursor += decoder.consumed;
    if (!endsFile) return decoder.consumed > 0 && this.#cursor < Math.min(until, this.length);
    assert(this.#cursor === this.#fileEnd, 'a file that has ended is consumed to its end');
    this.#nextFile();
    return true;
  }

  #chunk(from: number, to: number): Buffer {
    const file = this.#files[this.#file]!;
    if (this.#lines === null) return file.subarray(from, to);
    return this.#lines.chunk.subarray(0, file.copy(this.#lines.chunk, 0, from, to));
  }

  /** Takes a table apart into views; the last one is left to be taken. */
  #takeTable(take: (view: RecordView) => void): boolean {
    const { decoder, view } = this;
    this.#bound?.(this.#bounds);
    const table = this.#bound === undefined ? null : decoder.nextLines(this.#bounds);
    this.inTable = table !== null;
    if (table === null) return false;
    for (let row = 0; row < table.lines; row += 1) {
      this.#show(table, row);
      if (row < table.lines - 1) take(view);
    }
    return true;
  }

  #show(table: LineTable, row: number): void {
    const { bytes } = this.#lines!;
    const [start, end] = [textStart(bytes, table.from(row)), table.to(row) - 1];
    const [seconds, nanos, channel] = [table.seconds(row), table.nanos(row), table.channel(row)];
    Object.assign(this.view, { buffer: bytes, start, end, seconds, nanos, channel, partial: false, metadata: null });
  }

  /** Gives up what is left unfinished. */
  end(take: (view: RecordView) => void): void {
    while (this.decoder.flush(this.view)) take(this.view);
  }
}

/** Behind the third space from `at` on. */
function textStart(bytes: Buffer, at: number): number {
  return bytes.indexOf(' ', bytes.indexOf(' ', bytes.indexOf(' ', at) + 1) + 1) + 1;
}

/** All entries of a source, read as far as each of `stops` and then to its end, where unfinished lines are given up. */
export function decodeFiles(files: readonly Buffer[], options: FeedOptions = {}, stops: readonly number[] = []): Entry[] {
  const feed = new LogFeed(files, options);
  const entries: Entry[] = [];
  const take = (view: RecordView): void => void entries.push(entryOf(view));
  for (const stop of stops) feed.readTo(stop, take);
  feed.readTo(Number.POSITIVE_INFINITY, take);
  feed.end(take);
  return entries;
}
