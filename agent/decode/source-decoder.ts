import { INITIAL_STATE, newerOf, type ChannelResume, type Newest, type ResumePoint, type Time } from '../model/position.ts';
import { otherChannel, RecordView, STDERR, STDOUT, stdChannel, type Channel } from '../model/record.ts';
import type { LineBounds, LineTable } from '../runtime/line-table.ts';
import { ChannelDecode } from './channel-decode.ts';
import type { LineLimits } from './held-bytes.ts';
import type { LineScanner } from './line-scanner.ts';
import { type Chunk, type DecodeCounts, RecordReader } from './record-reader.ts';

export interface DecodeOptions extends LineLimits {
  /** Seconds of log time after which an unfinished line no longer waits while the other channel goes on. */
  readonly partWaitSeconds: number;
}

/** Times that are not due yet, in seconds since 1970: later than `after`, yet not so late that waiting for them makes no sense. */
export interface Early {
  readonly after: number;
  readonly upTo: number;
}

/** Who joins entries has a word before one is handed out. */
export interface EntryGate {
  /**
   * Whether the next entry of the channel may be handed out now; if not, it stays where it is, and comes with the next call. `line` is a
   * whole line, with the time that the runtime wrote; null: the entry is a piece of one, or of no known form. `seconds` is how far the log
   * has come, since 1970.
   */
  admits(channel: Channel, line: RecordView | null, seconds: number): boolean;
}

/** What became of a record: it has led to an entry, something else has to be handed out first, or it is held. */
type Step = 'entry' | 'later' | 'held';

const NEVER: Early = { after: Number.POSITIVE_INFINITY, upTo: Number.POSITIVE_INFINITY };

/**
 * Turns the bytes of one source into entries: joins the parts of a line per channel (over chunks and files), cuts lines at the limit,
 * keeps times distinct, and knows from where all that is not settled comes again. Nothing is allocated for a record that is a line of
 * its own.
 */
export class SourceDecoder {
  readonly #options: DecodeOptions;
  readonly #reader: RecordReader;
  /** Absent: lines come one by one. */
  readonly #scanner: LineScanner | null;
  readonly #channels: readonly [ChannelDecode, ChannelDecode];
  /** Before this place, records of a channel may have been settled before the restart. */
  #settledUntil: number;
  #entryChannel: Channel = STDOUT;
  /** Where the channel of the newest entry resumes to see that again; null for a record that was no part of a line. */
  #entryResume: ChannelResume | null = null;
  /** Time for malformed records before the first good one, of which nothing else is known. */
  #fallbackTime: Time = [0, 0];
  /** Indexed by channel: records of these times are left where they are. */
  readonly #early: [Early, Early] = [NEVER, NEVER];
  /** Seconds of the record that `next` has left where it is; null when it has ended for want of records. */
  earlySeconds: number | null = null;
  /** Null: entries are handed out as they come. */
  gate: EntryGate | null = null;
  readonly #whole = new RecordView();

  constructor(options: DecodeOptions, resume: ResumePoint, scanner: LineScanner | null = null) {
    const [out, err] = resume;
    this.#options = options;
    this.#scanner = scanner;
    this.#channels = [new ChannelDecode(out, options), new ChannelDecode(err, options)];
    this.#settledUntil = Math.max(out.at, err.at);
    this.#reader = new RecordReader(options.maxLineBytes, out.at <= err.at ? out : err);
  }

  /** Where a source of which nothing was read resumes. */
  static readonly start: ResumePoint = [
    { at: 0, record: null, state: INITIAL_STATE },
    { at: 0, record: null, state: INITIAL_STATE },
  ];

  get counts(): Readonly<DecodeCounts> {
    return this.#reader.counts;
  }

  /** From now on `next` ends before a record of the channel whose time is too early to be handed out. */
  hold(channel: Channel, early: Early): void {
    this.#early[channel] = early;
  }

  /** Takes the next chunk; it must begin where the last one was consumed to. `fallbackTime`: the file's birth. */
  feed(chunk: Chunk, fallbackTime: Time): void {
    this.#reader.feed(chunk);
    this.#fallbackTime = fallbackTime;
    if (chunk.afterGap) for (const channel of this.#channels) channel.forgetOrigin();
  }

  /** Bytes of the chunk that need not be read again. */
  get consumed(): number {
    return this.#reader.consumed;
  }

  /** The place in the source up to which records were handed out or are held. */
  get at(): number {
    return this.#reader.at;
  }

  /** The newest entry of both channels. */
  get newest(): Newest {
    const [out, err] = this.#channels;
    return newerOf(out.newest, err.newest);
  }

  /** Where the source resumes when every entry handed out so far is settled. */
  resumePoint(): ResumePoint {
    const { at, openRecord } = this.#reader;
    const [out, err] = this.#channels;
    return [out.resume(at, openRecord), err.resume(at, openRecord)];
  }

  /** Where it resumes so that the entry that `next` or `flush` filled last, and all after it, come again. */
  resumeBeforeEntry(): ResumePoint {
    const { at, openRecord, recordAt, recordInside } = this.#reader;
    const own = this.#entryResume ?? this.#channels[this.#entryChannel].resumeBefore(recordAt, recordInside);
    const other = this.#channels[otherChannel(this.#entryChannel)].resume(at, openRecord);
    return this.#entryChannel === STDOUT ? [own, other] : [other, own];
  }

  /**
   * Entries that come next and need nothing but to be sent, as far as they are within `bounds`, which are made tighter; null when the next
   * one has to be asked for with `next`. Handed out like that, they do not come again.
   */
  nextLines(bounds: LineBounds): LineTable | null {
    const scanner = this.#scanner;
    if (scanner === null || this.#settledUntil > 0 || this.#channels[STDOUT].open || this.#channels[STDERR].open) return null;
    bounds.maxLineBytes = Math.min(bounds.maxLineBytes, this.#options.maxLineBytes);
    this.#boundEarly(STDOUT, bounds);
    this.#boundEarly(STDERR, bounds);
    return this.#reader.readLines(scanner, bounds, this.#channels) > 0 ? scanner.table : null;
  }

  #boundEarly(channel: Channel, { channels }: LineBounds): void {
    channels[channel].newest = Math.min(channels[channel].newest, this.#early[channel].after);
  }

  get hasTables(): boolean {
    return this.#scanner !== null;
  }

  /** How far a place in the source is from its address in the table. */
  get tableBase(): number {
    return this.#reader.base;
  }

  /** Fills `view` with the next entry of the chunk; false when the chunk has no further whole record. */
  next(view: RecordView): boolean {
    const reader = this.#reader;
    this.earlySeconds = null;
    while (reader.read(view)) {
      if (this.#settledUntil > 0 && this.#isSettled(stdChannel(view))) continue;
      if (this.#isEarly(view)) return this.#leave(view);
      const step = reader.malformed ? this.#takeRaw(view) : this.#take(view);
      if (step !== 'held') return step === 'entry';
    }
    return false;
  }

  #take(view: RecordView): Step {
    const channel = this.#channels[stdChannel(view)];
    if (view.partial || channel.open || this.#otherIsStale(view)) return this.#join(view, channel);
    if (!this.#admits(stdChannel(view), view.metadata === null ? view : null, view.seconds)) return this.#putBack();
    return this.#handOut(view, null);
  }

  #admits(channel: Channel, line: RecordView | null, seconds: number): boolean {
    return this.gate === null || this.gate.admits(channel, line, seconds);
  }

  /** The record comes again with the next call, since something else has to be handed out first. */
  #putBack(): Step {
    this.#reader.rewind();
    return 'later';
  }

  #isEarly(view: RecordView): boolean {
    const { seconds } = view;
    const { after, upTo } = this.#early[stdChannel(view)];
    return seconds > after && seconds <= upTo;
  }

  /** The record comes again with the next call. */
  #leave(view: RecordView): false {
    this.#reader.rewind();
    this.earlySeconds = view.seconds;
    return false;
  }

  /**
   * After that much silence, fills `view` with the held parts of a line that is given up unfinished; false when no channel holds any. Then
   * no line is open. By default it is over with the log.
   */
  flush(view: RecordView, silentMs: number = Number.POSITIVE_INFINITY): boolean {
    if (silentMs < this.#options.partWaitSeconds * 1000) return false;
    const [out, err] = this.#channels;
    out.endLine();
    err.endLine();
    if (!this.holds) return false;
    this.#giveUp(view, out.holds ? STDOUT : STDERR);
    return true;
  }

  /** Whether parts of a line of the channel are held. */
  holdsOf(channel: Channel): boolean {
    return this.#channels[channel].holds;
  }

  get holds(): boolean {
    return this.#channels[0].holds || this.#channels[1].holds;
  }

  /** Lets go of the parts that it holds. */
  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  #isSettled(channel: Channel): boolean {
    if (this.#reader.recordAt >= this.#settledUntil) this.#settledUntil = 0;
    return this.#reader.at <= this.#channels[channel].settledAt;
  }

  /** An unfinished line of the other channel may not hold back the checkpoint for ever while this one goes on. */
  #otherIsStale(view: RecordView): boolean {
    const other = this.#channels[otherChannel(view.channel)];
    return other.holds && view.seconds - other.lineSeconds >= this.#options.partWaitSeconds;
  }

  /** Takes a part of a line. Before it another entry may have to go. */
  #join(view: RecordView, channel: ChannelDecode): Step {
    const reader = this.#reader;
    const own = stdChannel(view);
    if (this.#otherIsStale(view)) {
      this.#putBack();
      const other = otherChannel(own);
      return this.#admits(other, null, view.seconds) ? this.#giveUp(view, other) : 'later';
    }
    const last = !view.partial;
    const room = channel.hasRoom(view.end - view.start);
    const isPiece = channel.holds ? !room : last || !room;
    if (isPiece && !this.#admits(own, null, view.seconds)) return this.#putBack();
    if (isPiece && channel.holds) {
      reader.rewind();
      return this.#handOut(view, channel.release(view, 'open'));
    }
    const resume = channel.resume(reader.recordAt, reader.recordInside);
    if (isPiece) {
      channel.takePiece(view, last ? 'ended' : 'open');
      return this.#handOut(view, resume);
    }
    channel.hold(view, resume);
    return last ? this.#endLine(view, channel) : 'held';
  }

  #endLine(view: RecordView, channel: ChannelDecode): Step {
    const line = this.#whole;
    const isWhole = channel.showLine(line) && view.metadata === null;
    const isAdmitted = this.#admits(stdChannel(view), isWhole ? line : null, line.seconds);
    if (isAdmitted) return this.#handOut(view, channel.release(view, 'ended'));
    channel.putBack(view);
    return this.#putBack();
  }

  /** What is of no known form neither ends nor continues a line whose parts are held. It has the time of what came before it. */
  #takeRaw(view: RecordView): Step {
    const newest = this.#channels[STDOUT].newest;
    if (!this.#admits(stdChannel(view), null, newest[0])) return this.#putBack();
    [view.seconds, view.nanos] = newest[0] === 0 ? this.#fallbackTime : newest;
    return this.#handOut(view, null);
  }

  #giveUp(view: RecordView, channel: Channel): 'entry' {
    view.channel = channel;
    return this.#handOut(view, this.#channels[channel].release(view, 'given-up'));
  }

  #handOut(view: RecordView, resume: ChannelResume | null): 'entry' {
    this.#entryChannel = stdChannel(view);
    this.#entryResume = resume;
    this.#channels[this.#entryChannel].stamp(view);
    return 'entry';
  }
}
