import type { ChannelResume, ChannelState, OpenRecord, Time } from '../model/position.ts';
import type { Metadata, RecordView } from '../model/record.ts';
import { rfc3339 } from '../runtime/civil-time.ts';
import { HeldBytes, type LineLimits } from './held-bytes.ts';

/** A clock that is set back by up to this much was wrong before; one that seems to jump further was met by a line with a wrong time. */
const CLOCK_STEP_SECONDS = 7200;

/** What becomes of a line after a piece of it: more comes, it is complete, or no more is waited for. */
type Ending = 'open' | 'ended' | 'given-up';

/** What decoding carries from one record of a channel to the next: the run of equal times, and the line whose parts are still coming. */
export class ChannelDecode {
  #runStartSeconds: number;
  #runStartNanos: number;
  #runEndSeconds: number;
  #runEndNanos: number;
  /** The run as it was before the newest entry: the four numbers of `#run...`. */
  readonly #before: [number, number, number, number] = [0, 0, 0, 0];
  #line: ChannelState['line'];

  /** Those of the open line's parts since its last piece was handed on. */
  readonly #held: HeldBytes;
  /** Where reading must start again to see the held bytes again; null while nothing is held. */
  #resume: ChannelResume | null = null;
  /** Where the channel itself was resumed; reading may have started before it, for the other one. */
  #origin: ChannelResume | null;

  constructor(origin: ChannelResume, limits: LineLimits) {
    [this.#runStartSeconds, this.#runStartNanos] = origin.state.runStart;
    [this.#runEndSeconds, this.#runEndNanos] = origin.state.runEnd;
    this.#line = origin.state.line;
    this.#origin = origin;
    this.#held = new HeldBytes(limits);
  }

  /** Whether a line has begun and not ended: parts of it are held or were handed on as pieces. */
  get open(): boolean {
    return this.#line !== null;
  }

  /** Whether parts are held: they come again only when reading starts before them. */
  get holds(): boolean {
    return this.#resume !== null;
  }

  /** Seconds of the open line's first part; only while `open`. */
  get lineSeconds(): number {
    return this.#line!.time[0];
  }

  /** What the channel said up to this place was settled before the restart. */
  get settledAt(): number {
    return this.#origin?.at ?? 0;
  }

  /** Time of the newest entry, [0, 0] before the first. */
  get newest(): Time {
    return [this.#runEndSeconds, this.#runEndNanos];
  }

  /** Where the channel must resume to lose nothing when all it handed out is settled and the next record begins at `at`. */
  resume(at: number, record: OpenRecord | null): ChannelResume {
    if (this.#resume !== null) return this.#resume;
    if (this.#origin !== null && at < this.#origin.at) return this.#origin;
    const runStart: Time = [this.#runStartSeconds, this.#runStartNanos];
    return { at, record, state: { runStart, runEnd: this.newest, line: this.#line } };
  }

  /** The same for a channel whose newest entry, a record that begins at `at` and was no part of a line, must come again. */
  resumeBefore(at: number, record: OpenRecord | null): ChannelResume {
    if (this.#resume !== null) return this.#resume;
    const [startSeconds, startNanos, endSeconds, endNanos] = this.#before;
    return { at, record, state: { runStart: [startSeconds, startNanos], runEnd: [endSeconds, endNanos], line: this.#line } };
  }

  /** Whether a part may join the held bytes: within the line limit, and within what all open lines may hold. */
  hasRoom(bytes: number): boolean {
    return this.#held.hasRoom(bytes);
  }

  /** Copies the content of a part, which must have room, to the held bytes; `resume` is from where it comes again. */
  hold(view: RecordView, resume: ChannelResume): void {
    this.#resume = resume;
    this.#line ??= { time: [view.seconds, view.nanos], pieces: 0, bytes: 0 };
    this.#held.append(view);
  }

  /** Forgets the part that was held last, which is not the first. */
  putBack({ start, end }: RecordView): void {
    this.#held.shorten(end - start);
  }

  /** Fills `view` with the held line as it is so far; false when pieces of it were handed on. */
  showLine(view: RecordView): boolean {
    const { time, pieces } = this.#line!;
    this.#held.show(view);
    [view.seconds, view.nanos] = time;
    return pieces === 0;
  }

  /** Turns the held bytes into an entry and returns where the channel resumes to see it again. */
  release(view: RecordView, ending: Ending): ChannelResume {
    const resume = this.#resume!;
    this.#held.show(view);
    this.close();
    this.#resume = null;
    this.takePiece(view, ending);
    return resume;
  }

  /** Lets go of the held bytes. */
  close(): void {
    this.#held.release();
  }

  /** Makes the content of the view a piece of the open line, or the first of a new one. */
  takePiece(view: RecordView, ending: Ending): void {
    const { time, pieces, bytes } = this.#line ?? { time: [view.seconds, view.nanos] as const, pieces: 0, bytes: 0 };
    const line = { time, pieces: pieces + 1, bytes: bytes + view.end - view.start };
    [view.seconds, view.nanos] = time;
    view.metadata = lineMetadata(line, ending, ending === 'ended' ? view.metadata : null);
    this.#line = ending === 'open' ? line : null;
  }

  /** What comes next begins a new line, unless parts of the open one are held. */
  endLine(): void {
    if (!this.holds) this.#line = null;
  }

  /** What comes next was never seen, whatever place it has. */
  forgetOrigin(): void {
    this.#origin = null;
  }

  /**
   * Writes the run of equal times to `words` from `at` on, begin and end, nanoseconds before seconds: what `stamp` goes by, for lines that are
   * found many at once. False when a time does not fit there.
   */
  saveRun(words: Uint32Array, at: number): boolean {
    words[at] = this.#runStartNanos;
    words[at + 1] = this.#runStartSeconds;
    words[at + 2] = this.#runEndNanos;
    words[at + 3] = this.#runEndSeconds;
    return words[at + 1] === this.#runStartSeconds && words[at + 3] === this.#runEndSeconds;
  }

  /** Takes over the run as it is behind those lines. */
  loadRun(words: Uint32Array, at: number): void {
    this.#runStartNanos = words[at]!;
    this.#runStartSeconds = words[at + 1]!;
    this.#runEndNanos = words[at + 2]!;
    this.#runEndSeconds = words[at + 3]!;
  }

  /**
   * Makes times of the channel strictly increasing while the clock stands still or is set back: an entry whose time lies within the
   * run of equal times before it, or a clock step before that, is put 1 ns after the run's end, which is a pure function of what
   * stands in the file. Loki keeps one of two entries with equal time and text, and conmon writes whole bursts with one time (loki
   * pkg/chunkenc/unordered.go); and it refuses for good what is too far behind its stream. What the runtime wrote is kept beside.
   */
  stamp(view: RecordView): void {
    const before = this.#before;
    before[0] = this.#runStartSeconds;
    before[1] = this.#runStartNanos;
    before[2] = this.#runEndSeconds;
    before[3] = this.#runEndNanos;
    const { seconds, nanos } = view;
    const afterEnd = seconds - this.#runEndSeconds || nanos - this.#runEndNanos;
    const afterStart = seconds - this.#runStartSeconds || nanos - this.#runStartNanos;
    if (afterStart < 0 && this.#runStartSeconds - seconds <= CLOCK_STEP_SECONDS) {
      view.metadata = [...(view.metadata ?? []), ['original_time', rfc3339([seconds, nanos])]];
    } else if (afterEnd > 0 || afterStart < 0) {
      this.#runStartSeconds = seconds;
      this.#runStartNanos = nanos;
      this.#runEndSeconds = seconds;
      this.#runEndNanos = nanos;
      return;
    }
    this.#runEndNanos += 1;
    if (this.#runEndNanos === 1_000_000_000) {
      this.#runEndNanos = 0;
      this.#runEndSeconds += 1;
    }
    view.seconds = this.#runEndSeconds;
    view.nanos = this.#runEndNanos;
  }
}

/**
 * `line_part` counts from 1; the last piece of a cut line also says the line's whole length; `partial` marks a line that never ended.
 * `marks` is what is said of the record that ended it.
 */
function lineMetadata(line: { pieces: number; bytes: number }, ending: Ending, marks: Metadata | null): Metadata | null {
  const metadata: [string, string][] = [];
  if (line.pieces > 1 || ending === 'open') metadata.push(['line_part', String(line.pieces)]);
  if (line.pieces > 1 && ending !== 'open') metadata.push(['line_bytes', String(line.bytes)]);
  if (ending === 'given-up') metadata.push(['partial', 'true']);
  for (const [name, value] of marks ?? []) metadata.push([name, value]);
  return metadata.length === 0 ? null : metadata;
}
