import { INITIAL_STATE, type ChannelResume, type Newest, type ResumePoint, type Time } from '../model/position.ts';
import type { Metadata, RecordView, SourceChannel } from '../model/record.ts';
import type { Chunk, DecodeCounts } from './record-reader.ts';
import type { Early } from './source-decoder.ts';

const LF = 10;
const NEVER: Early = { after: Number.POSITIVE_INFINITY, upTo: Number.POSITIVE_INFINITY };
const NO_TIME: Time = [0, 0];

/** What became of one line. */
type ReadLine =
  | { readonly kind: 'filtered' }
  | {
      readonly kind: 'entry';
      readonly line: Buffer;
      /** Null: that of the entry before it. */
      readonly time: Time | null;
      readonly channel: number;
      readonly metadata: Metadata;
      /** It is no whole event. */
      readonly isMalformed: boolean;
    };

/** Makes entries of lines that may be longer than a chunk: `push` takes their bytes without the LF, `finish` says what a line came to. */
export interface LineEvents {
  /** How many bytes of another event on the same line tell that it is one. */
  readonly startBytes: number;
  /** Returns -1, or where in the bytes another event goes on that began `startBytes` before; then `finish` tells of the first, and begins the other. */
  push(bytes: Buffer, start: number, end: number): number;
  /** What is in it holds until the next call. */
  finish(): ReadLine;
  /** Forgets the line that was begun. */
  reset(): void;
}

/**
 * Turns the bytes of a log with one event a line into entries. A line that is longer than a chunk is handed on as it is read; where the source
 * resumes is always the start of a line, or of an event behind one that was torn. Times are the events' own: an event that comes again by another way must be equal.
 */
export class EventDecoder {
  readonly counts: DecodeCounts = { records: 0, malformed: 0 };
  readonly hasTables = false;
  readonly tableBase = 0;
  /** Seconds of the event that is held back since its time is too early; null when `next` has ended for want of lines. */
  earlySeconds: number | null = null;
  readonly #events: LineEvents;
  #chunk: Chunk;
  #cursor = 0;
  /** Bytes of the line at `#lineAt` were handed on. */
  #isOpen = false;
  /** No more of it will come. */
  #isTorn = false;
  /** The line at `#lineAt`, read and not handed out. */
  #held: ReadLine | null = null;
  #lineAt: number;
  /** Where the newest entry begins, and the newest one before it. */
  #entryAt: number;
  #before: Newest;
  #newest: Newest;
  #fallbackTime: Time = NO_TIME;
  #isWanted = true;
  readonly #early: [Early, Early, Early, Early] = [NEVER, NEVER, NEVER, NEVER];

  constructor(events: LineEvents, [{ at, state }]: ResumePoint) {
    this.#events = events;
    this.#chunk = { bytes: Buffer.alloc(0), at, startsFile: false, endsFile: false, afterGap: false, full: false };
    this.#lineAt = at;
    this.#entryAt = at;
    this.#newest = { time: state.runEnd, channel: 0 };
    this.#before = this.#newest;
  }

  get consumed(): number {
    return this.#cursor;
  }

  get at(): number {
    return this.#chunk.at + this.#cursor;
  }

  get newest(): Newest {
    return this.#newest;
  }

  get holds(): boolean {
    return this.#isOpen || this.#held !== null;
  }

  hold(channel: SourceChannel, early: Early): void {
    this.#early[channel] = early;
  }

  /** Of a line that was begun before a gap the rest will not come. */
  feed(chunk: Chunk, fallbackTime: Time): void {
    this.#chunk = chunk;
    this.#cursor = 0;
    this.#fallbackTime = fallbackTime;
    if (this.#isOpen && (chunk.afterGap || chunk.startsFile)) this.#isTorn = true;
  }

  /** An event is one line. */
  joinLines(): void {}

  nextLines(): null {
    return null;
  }

  /** Fills `view` with the next event, be it one that is filtered: `isWanted` tells. */
  next(view: RecordView): boolean {
    this.earlySeconds = null;
    const read = (this.#held ??= this.#readLine());
    if (read === null) return false;
    const [time, channel] = this.#placeOf(read);
    const { after, upTo } = this.#early[channel];
    if (read.kind === 'entry' && time[0] > after && time[0] <= upTo) {
      this.earlySeconds = time[0];
      return false;
    }
    this.#handOut(view, read, { time, channel });
    return true;
  }

  /** Whether the event that `next` has filled in last goes on. */
  get isWanted(): boolean {
    return this.#isWanted;
  }

  #placeOf(read: ReadLine): [Time, SourceChannel] {
    const { time: last, channel } = this.#newest;
    const before = last[0] === 0 ? this.#fallbackTime : last;
    return read.kind === 'entry' ? [read.time ?? before, read.channel as SourceChannel] : [before, channel];
  }

  #handOut(view: RecordView, read: ReadLine, newest: Newest): void {
    this.#held = null;
    this.#entryAt = this.#lineAt;
    this.#lineAt = this.at - (this.#isOpen ? this.#events.startBytes : 0);
    this.#before = this.#newest;
    this.#isWanted = read.kind === 'entry';
    view.partial = false;
    view.channel = newest.channel;
    [view.seconds, view.nanos] = newest.time;
    if (read.kind === 'filtered') return;
    this.#newest = newest;
    view.buffer = read.line;
    view.start = 0;
    view.end = read.line.length;
    view.metadata = read.metadata;
  }

  /** Null where the line under the cursor goes on in what is not there yet. Only one that fills a chunk is begun before it is all there. */
  #readLine(): ReadLine | null {
    if (this.#isTorn) return this.#finish();
    const { bytes, endsFile, full } = this.#chunk;
    const start = this.#cursor;
    const lf = bytes.indexOf(LF, start);
    const isLong = this.#isOpen || (full && start === 0);
    if (lf === -1 && !endsFile && !isLong) return null;
    const end = lf === -1 ? bytes.length : lf;
    const next = end > start ? this.#push(start, end) : -1;
    if (next !== -1) return this.#finishBefore(next);
    this.#cursor = lf === -1 ? end : end + 1;
    return lf !== -1 || (endsFile && this.#isOpen) ? this.#finish() : null;
  }

  #push(start: number, end: number): number {
    this.#isOpen = true;
    return this.#events.push(this.#chunk.bytes, start, end);
  }

  /** Another event goes on at `next`, in the same line. */
  #finishBefore(next: number): ReadLine {
    this.#cursor = next;
    const read = this.#finish();
    this.#isOpen = true;
    return read;
  }

  #finish(): ReadLine {
    this.#isOpen = false;
    this.#isTorn = false;
    this.counts.records += 1;
    const read = this.#events.finish();
    if (read.kind === 'entry' && read.isMalformed) this.counts.malformed += 1;
    return read;
  }

  /** What is held waits for more of it: to give it up would tear a line in two. */
  flush(): false {
    return false;
  }

  resumePoint(): ResumePoint {
    return pointAt(this.#lineAt, this.#newest.time);
  }

  resumeBeforeEntry(): ResumePoint {
    return pointAt(this.#entryAt, this.#before.time);
  }

  close(): void {
    this.#events.reset();
  }
}

/** All channels of a source resume at one place. */
function pointAt(at: number, newest: Time): ResumePoint {
  const resume: ChannelResume = { at, record: null, state: { ...INITIAL_STATE, runEnd: newest } };
  return [resume, resume];
}
