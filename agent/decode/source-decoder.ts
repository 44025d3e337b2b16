import assert from 'node:assert';
import { INITIAL_STATE, type ChannelResume, type OpenRecord, type ResumePoint, type Time } from '../model/position.ts';
import { STDERR, STDOUT, type Channel, type Metadata, type RecordView } from '../model/record.ts';
import { ChannelDecode, type LineLimits } from './channel-decode.ts';
import { decodeCri, MAX_HEADER_BYTES } from './cri.ts';
import { decodeDockerJson, decodeDockerText, dockerTextStart } from './docker-json.ts';

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
  /** The chunk is as large as chunks get, which is more than the line limit and MAX_HEADER_BYTES: what has no end in it never will. */
  readonly full: boolean;
}

export interface DecodeOptions extends LineLimits {
  /** Seconds of log time after which an unfinished line no longer waits while the other channel goes on. */
  readonly partWaitSeconds: number;
}

/** Counts of one source since it was opened. */
export interface DecodeCounts {
  records: number;
  malformed: number;
}

/** A record that goes on behind what was taken of it; `escaped`: its content is the text of a JSON string, and ends with that. */
interface LongRecord extends OpenRecord {
  readonly escaped: boolean;
}

/**
 * Turns the bytes of one source into entries: finds records, decodes them, joins the parts of a line per channel (over chunks
 * and files), cuts lines at the limit, and keeps times distinct. Nothing is allocated for a record that is a line of its own.
 */
export class SourceDecoder {
  readonly counts: DecodeCounts = { records: 0, malformed: 0 };
  readonly #options: DecodeOptions;
  readonly #channels: readonly [ChannelDecode, ChannelDecode];
  /** Records of a channel before this place were settled before the restart. */
  readonly #settled: readonly [number, number];
  #settledUntil: number;
  #chunk: Chunk = { bytes: Buffer.alloc(0), at: 0, startsFile: false, endsFile: false, full: false };
  #cursor = 0;
  #openRecord: LongRecord | null;
  /** Start of what is in the view, and the long record that it is inside of. */
  #recordStart = 0;
  #recordInside: LongRecord | null = null;
  /** It is of no known form: it neither ends nor continues a line whose parts are held. */
  #malformed = false;
  #entryChannel: Channel = STDOUT;
  #entryResume: ChannelResume | null = null;
  /** Time for malformed records before the first good one, of which nothing else is known. */
  #fallbackTime: Time = [0, 0];

  constructor(options: DecodeOptions, resume: ResumePoint) {
    this.#options = options;
    const [out, err] = resume;
    this.#channels = [new ChannelDecode(out, options), new ChannelDecode(err, options)];
    this.#settled = [out.at, err.at];
    this.#settledUntil = Math.max(out.at, err.at);
    this.#openRecord = (out.at <= err.at ? out.record : err.record) as LongRecord | null;
  }

  /** Where a source of which nothing was read resumes. */
  static readonly start: ResumePoint = [
    { at: 0, record: null, state: INITIAL_STATE },
    { at: 0, record: null, state: INITIAL_STATE },
  ];

  /** Takes the next chunk; it must begin where the last one was consumed to. `fallbackTime`: the file's birth. */
  feed(chunk: Chunk, fallbackTime: Time): void {
    assert(!chunk.full || chunk.bytes.length > this.#options.maxLineBytes + MAX_HEADER_BYTES, 'chunks are too small for the line limit');
    this.#chunk = chunk;
    this.#cursor = 0;
    this.#fallbackTime = fallbackTime;
    if (chunk.startsFile) this.#openRecord = null;
  }

  /** Bytes of the chunk that need not be read again. */
  get consumed(): number {
    return this.#cursor;
  }

  get #at(): number {
    return this.#chunk.at + this.#cursor;
  }

  /** Where the source resumes when every entry handed out so far is settled. */
  resumePoint(): ResumePoint {
    const [out, err] = this.#channels;
    return [out.resume(this.#at, this.#openRecord), err.resume(this.#at, this.#openRecord)];
  }

  /** Where it resumes so that the entry that `next` or `flush` filled last, and all after it, come again. */
  resumeBeforeEntry(): ResumePoint {
    const at = this.#chunk.at + this.#recordStart;
    const own = this.#entryResume ?? this.#channels[this.#entryChannel].resumeBefore(at, this.#recordInside);
    const other = this.#channels[otherOf(this.#entryChannel)].resume(at, this.#recordInside);
    return this.#entryChannel === STDOUT ? [own, other] : [other, own];
  }

  /** Fills `view` with the next entry of the chunk; false when the chunk has no further whole record. */
  next(view: RecordView): boolean {
    while (this.#readRecord(view)) {
      if (this.#settledUntil > 0 && this.#isSettled(view.channel)) continue;
      const channel = this.#channels[view.channel];
      if (this.#malformed || (!view.partial && !channel.open && !this.#otherIsStale(view))) return this.#handOut(view, null);
      if (this.#join(view, channel)) return true;
    }
    return false;
  }

  /** Fills `view` with the held parts of a line that is given up unfinished; false when no channel holds any, and no line is open. */
  flush(view: RecordView): boolean {
    this.#recordStart = this.#cursor;
    this.#recordInside = this.#openRecord;
    for (const channel of [STDOUT, STDERR] as const) {
      if (this.#channels[channel].holds) return this.#giveUp(view, channel);
      this.#channels[channel].endLine();
    }
    return false;
  }

  get holds(): boolean {
    return this.#channels[0].holds || this.#channels[1].holds;
  }

  #isSettled(channel: Channel): boolean {
    if (this.#chunk.at + this.#recordStart >= this.#settledUntil) this.#settledUntil = 0;
    return this.#at <= this.#settled[channel];
  }

  /** An unfinished line of the other channel may not hold back the checkpoint for ever while this one goes on. */
  #otherIsStale(view: RecordView): boolean {
    const other = this.#channels[otherOf(view.channel)];
    return other.holds && view.seconds - other.lineSeconds >= this.#options.partWaitSeconds;
  }

  /** Takes a part of a line; returns whether the view now holds an entry, which may be one that had to go before it. */
  #join(view: RecordView, channel: ChannelDecode): boolean {
    if (this.#otherIsStale(view)) {
      this.#rewind();
      return this.#giveUp(view, otherOf(view.channel));
    }
    const last = !view.partial;
    const room = channel.hasRoom(view.end - view.start);
    if (channel.holds && !room) {
      this.#rewind();
      return this.#handOut(view, channel.release(view, 'open'));
    }
    const resume = channel.resume(this.#chunk.at + this.#recordStart, this.#recordInside);
    if (!channel.holds && (last || !room)) {
      channel.takePiece(view, last ? 'ended' : 'open');
      return this.#handOut(view, resume);
    }
    channel.hold(view, resume);
    return last && this.#handOut(view, channel.release(view, 'ended'));
  }

  /** Another entry goes first; the record in the view comes again with the next call. */
  #rewind(): void {
    this.#cursor = this.#recordStart;
    this.#openRecord = this.#recordInside;
    if (this.#recordInside === null) this.counts.records -= 1;
  }

  #giveUp(view: RecordView, channel: Channel): true {
    view.channel = channel;
    return this.#handOut(view, this.#channels[channel].release(view, 'given-up'));
  }

  #handOut(view: RecordView, resume: ChannelResume | null): true {
    this.#entryChannel = view.channel;
    this.#entryResume = resume;
    this.#channels[view.channel].stamp(view);
    return true;
  }

  /** Fills `view` with the next record, or with the next stretch of one whose content is longer than a line may be. */
  #readRecord(view: RecordView): boolean {
    const { bytes, endsFile } = this.#chunk;
    const start = this.#cursor;
    const lf = bytes.indexOf(LF, start);
    const whole = lf !== -1 || (endsFile && start < bytes.length);
    if (!whole && !this.#isLong(start)) return false;
    const end = lf === -1 ? bytes.length : lf;
    const inside = this.#openRecord;
    this.#recordStart = start;
    this.#recordInside = inside;
    const rest = inside === null ? this.#decode(view, end, whole) : this.#continue(view, end, inside);
    if (rest !== -1) {
      view.partial = !this.#malformed;
      this.#cursor = rest;
      return true;
    }
    this.#openRecord = null;
    this.#cursor = lf === -1 ? end : end + 1;
    if (lf === -1 && !this.#malformed) {
      view.partial = false;
      view.metadata = TORN;
    }
    return true;
  }

  /** Whether the record at `start` has more than fits a line, though its end is not there: where it is cut may not depend on the chunk. */
  #isLong(start: number): boolean {
    const { bytes, full } = this.#chunk;
    const { maxLineBytes } = this.#options;
    const wholeOnly = this.#openRecord?.escaped ?? bytes[start] === OPENING_BRACE;
    if (wholeOnly) return full && start === 0;
    return bytes.length - start > (this.#openRecord === null ? maxLineBytes + MAX_HEADER_BYTES : maxLineBytes);
  }

  /** Fills `view` with the record under the cursor; returns where it goes on when its content is longer than a line may be, else -1. */
  #decode(view: RecordView, end: number, whole: boolean): number {
    this.counts.records += 1;
    const { bytes } = this.#chunk;
    const start = this.#cursor;
    this.#malformed = false;
    const isJson = bytes[start] === OPENING_BRACE;
    const known = isJson ? whole && decodeDockerJson(bytes, start, end, view) : decodeCri(bytes, start, end, view);
    if (!known) this.#takeRaw(view, end);
    return view.end - view.start <= this.#options.maxLineBytes ? -1 : this.#openLong(view, end, isJson && known);
  }

  #takeRaw(view: RecordView, end: number): void {
    this.counts.malformed += 1;
    this.#malformed = true;
    view.buffer = this.#chunk.bytes;
    view.start = this.#cursor;
    view.end = end;
    view.channel = STDOUT;
    view.partial = false;
    const newest = this.#channels[STDOUT].newest;
    [view.seconds, view.nanos] = newest[0] === 0 ? this.#fallbackTime : newest;
    view.metadata = MALFORMED;
  }

  /** Reduces the view to the first stretch of a long record, and returns where the next one begins. */
  #openLong(view: RecordView, end: number, isJson: boolean): number {
    const { bytes } = this.#chunk;
    const text = isJson ? dockerTextStart(bytes, this.#cursor, end, view) : -1;
    const escaped = text !== -1;
    if (isJson && !escaped) this.#takeRaw(view, end);
    const { channel, partial, seconds, nanos } = view;
    this.#openRecord = { channel, partial, malformed: this.#malformed, time: [seconds, nanos], escaped };
    if (!escaped) return this.#cut(view);
    view.buffer = bytes;
    view.start = text;
    view.end = end;
    return decodeDockerText(view, this.#options.maxLineBytes);
  }

  /** Fills `view` with the next stretch of a long record; returns where the one after it begins, or -1 for the last. */
  #continue(view: RecordView, end: number, record: LongRecord): number {
    this.#malformed = record.malformed;
    view.channel = record.channel;
    view.partial = record.partial;
    [view.seconds, view.nanos] = record.time;
    view.metadata = record.malformed ? MALFORMED : null;
    view.buffer = this.#chunk.bytes;
    view.start = this.#cursor;
    view.end = end;
    return record.escaped ? decodeDockerText(view, this.#options.maxLineBytes) : this.#cut(view);
  }

  /** Content over the line limit stays for the next call, at places that only the record decides. */
  #cut(view: RecordView): number {
    const limit = view.start + this.#options.maxLineBytes;
    if (view.end <= limit) return -1;
    view.end = limit;
    return limit;
  }
}

function otherOf(channel: Channel): Channel {
  return channel === STDOUT ? STDERR : STDOUT;
}
