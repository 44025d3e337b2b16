import { APART, type ChannelMultiline, type Multiline, UNJOINED, WHOLE } from '../model/multiline.ts';
import type { ChannelResume, Newest, ResumePoint, Time } from '../model/position.ts';
import { type Channel, otherChannel, type RecordView, STDERR, STDOUT, stdChannel } from '../model/record.ts';
import type { LineBounds, LineTable } from '../runtime/line-table.ts';
import { HeldRecord } from './held-record.ts';
import type { Chunk, DecodeCounts } from './record-reader.ts';
import type { DecodeOptions, Early, EntryGate, SourceDecoder } from './source-decoder.ts';

/**
 * Joins lines of a source that are one record, per channel, over chunks and files. A record ends with the line that begins the next one,
 * with one that comes too late, by the times in the log, or when nothing has come for as long: so what comes out depends on the log, not on
 * when it is read. Until then its first line holds back the position. What is marked, a piece of a long line or what is of no known
 * form, is an entry of its own. Without a rule entries pass as they are.
 */
export class RecordJoiner implements EntryGate {
  readonly #decoder: SourceDecoder;
  readonly #options: DecodeOptions;
  readonly #records: readonly [HeldRecord, HeldRecord];
  #multiline: ChannelMultiline = UNJOINED;
  /** Of the line that was admitted last; null: that entry is no line. */
  #admitted: { seconds: number; nanos: number; isLine: boolean; state: number } = { seconds: 0, nanos: 0, isLine: false, state: 0 };
  #entryChannel: Channel = STDOUT;
  /** From where the newest entry comes again, if it was joined here. */
  #entryResume: ChannelResume | null = null;

  constructor(decoder: SourceDecoder, options: DecodeOptions) {
    this.#decoder = decoder;
    this.#options = options;
    this.#records = [new HeldRecord(options), new HeldRecord(options)];
  }

  /** From now on lines are joined like that. What is held of a channel of which they were joined otherwise goes first. */
  joinLines([out, err]: ChannelMultiline): void {
    this.#multiline = [this.#renewed(STDOUT, out), this.#renewed(STDERR, err)];
    this.#decoder.gate = this.#isJoining ? this : null;
  }

  #renewed(channel: Channel, multiline: Multiline | null): Multiline | null {
    const before = this.#multiline[channel];
    if (before?.key === multiline?.key) return before;
    const record = this.#records[channel];
    record.isDue = record.resume !== null;
    return multiline;
  }

  get #isJoining(): boolean {
    return this.#multiline[STDOUT] !== null || this.#multiline[STDERR] !== null;
  }

  get counts(): Readonly<DecodeCounts> {
    return this.#decoder.counts;
  }

  get consumed(): number {
    return this.#decoder.consumed;
  }

  get at(): number {
    return this.#decoder.at;
  }

  get newest(): Newest {
    return this.#decoder.newest;
  }

  get earlySeconds(): number | null {
    return this.#decoder.earlySeconds;
  }

  get tableBase(): number {
    return this.#decoder.tableBase;
  }

  get hasTables(): boolean {
    return !this.#isJoining && this.#due === null && this.#decoder.hasTables;
  }

  get holds(): boolean {
    return this.#records.some(({ resume }) => resume !== null) || this.#decoder.holds;
  }

  hold(channel: Channel, early: Early): void {
    this.#decoder.hold(channel, early);
  }

  feed(chunk: Chunk, fallbackTime: Time): void {
    this.#decoder.feed(chunk, fallbackTime);
  }

  nextLines(bounds: LineBounds): LineTable | null {
    return this.hasTables ? this.#decoder.nextLines(bounds) : null;
  }

  /** The channel whose record has to be handed out before anything else comes. */
  get #due(): Channel | null {
    const [out, err] = this.#records;
    if (out.isDue) return STDOUT;
    return err.isDue ? STDERR : null;
  }

  /** Fills `view` with the next entry of the chunk; false when the chunk has no further whole one. */
  next(view: RecordView): boolean {
    for (;;) {
      const due = this.#due;
      if (due !== null) return this.#handOut(view, due);
      this.#entryResume = null;
      if (this.#decoder.next(view)) {
        if (!this.#holds(view)) return true;
      } else if (this.#due === null) return false;
    }
  }

  /** Asked by the decoder before each entry. */
  admits(channel: Channel, line: RecordView | null, seconds: number): boolean {
    const own = this.#records[channel];
    const other = this.#records[otherChannel(channel)];
    // A record of the other channel may not hold back the checkpoint for ever while this one goes on.
    if (other.resume !== null && other.isStale(seconds, this.#multiline[otherChannel(channel)]!.maxWaitSeconds)) other.isDue = true;
    if (own.resume !== null && (line === null || !this.#goesOn(own, line, this.#multiline[channel]!))) own.isDue = true;
    const admitted = this.#admitted;
    admitted.isLine = line !== null;
    if (line !== null) {
      admitted.seconds = line.seconds;
      admitted.nanos = line.nanos;
    }
    return !own.isDue && !other.isDue;
  }

  #goesOn(record: HeldRecord, line: RecordView, { rule, maxLines, maxWaitSeconds }: Multiline): boolean {
    if (record.lines >= maxLines || record.isLate(line, maxWaitSeconds) || !record.hasRoom(line)) return false;
    this.#admitted.state = rule.goOn(record.state, line.buffer, line.start, line.end);
    return this.#admitted.state !== APART;
  }

  /** Whether the entry in the view is held, since it is a line of a record; else it is one of its own. */
  #holds(view: RecordView): boolean {
    const { seconds, nanos, isLine, state } = this.#admitted;
    const channel = stdChannel(view);
    const multiline = this.#multiline[channel];
    if (multiline === null || !isLine) return false;
    const record = this.#records[channel];
    if (record.resume === null) {
      record.state = multiline.rule.begin(view.buffer, view.start, view.end);
      if (record.state === WHOLE || !record.hasRoom(view)) return false;
      record.begin(view, this.#decoder.resumeBeforeEntry()[channel]);
    } else {
      record.state = state;
      record.add(view);
      record.isDue = state === WHOLE;
    }
    record.setLast(seconds, nanos);
    return true;
  }

  #handOut(view: RecordView, channel: Channel): true {
    this.#entryChannel = channel;
    this.#entryResume = this.#records[channel].release(view);
    view.channel = channel;
    return true;
  }

  /** After that much silence, fills `view` with what is held and shall wait no longer; by default it is over with the log. */
  flush(view: RecordView, silentMs: number = Number.POSITIVE_INFINITY, isUnread = false): boolean {
    for (const channel of [STDOUT, STDERR] as const) {
      const isOver = silentMs >= this.#patienceMs(channel, isUnread);
      if (this.#records[channel].resume !== null && isOver) return this.#handOut(view, channel);
    }
    this.#entryResume = null;
    return this.#decoder.flush(view, silentMs);
  }

  /** A record waits for an unfinished line behind it, which goes on or ends it, for as long as that is waited for. */
  #patienceMs(channel: Channel, isUnread: boolean): number {
    const { maxWaitSeconds = 0 } = this.#multiline[channel] ?? {};
    const { partWaitSeconds } = this.#options;
    if (this.#decoder.holdsOf(channel)) return partWaitSeconds * 1000;
    return (isUnread ? Math.max(maxWaitSeconds, partWaitSeconds) : maxWaitSeconds) * 1000;
  }

  resumePoint(): ResumePoint {
    return this.#withHeld(this.#decoder.resumePoint());
  }

  resumeBeforeEntry(): ResumePoint {
    const own = this.#entryResume;
    if (own === null) return this.#withHeld(this.#decoder.resumeBeforeEntry());
    const [out, err] = this.resumePoint();
    return this.#entryChannel === STDOUT ? [own, err] : [out, own];
  }

  /** A channel with a held record resumes at its first line. */
  #withHeld([out, err]: ResumePoint): ResumePoint {
    const [heldOut, heldErr] = this.#records;
    return [heldOut.resume ?? out, heldErr.resume ?? err];
  }

  close(): void {
    for (const record of this.#records) record.close();
    this.#decoder.close();
  }
}
