import type { ChannelResume } from '../model/position.ts';
import type { Metadata, RecordView } from '../model/record.ts';
import { HeldBytes, type LineLimits } from './held-bytes.ts';

const LF = 10;
const NANOS = 1_000_000_000;

/** The lines of a channel that are one record and of which more may come. */
export class HeldRecord {
  /** What its rule has made of the lines so far. */
  state = 0;
  /** No line is taken any more: it has to be handed out. */
  isDue = false;
  #lines = 0;
  /** From where its first line comes again; null: there is no record. */
  #resume: ChannelResume | null = null;
  /** Time and metadata of the first line, as it was handed out. */
  #seconds = 0;
  #nanos = 0;
  #metadata: Metadata | null = null;
  /** Time of the last line, as the runtime wrote it. */
  #lastSeconds = 0;
  #lastNanos = 0;
  readonly #held: HeldBytes;

  constructor(limits: LineLimits) {
    this.#held = new HeldBytes(limits);
  }

  get resume(): ChannelResume | null {
    return this.#resume;
  }

  get lines(): number {
    return this.#lines;
  }

  hasRoom({ start, end }: RecordView): boolean {
    return this.#held.hasRoom(end - start + (this.#lines > 0 ? 1 : 0));
  }

  /** Whether a line of that time comes so long after the last one, or before it, that they are not one record. */
  isLate({ seconds, nanos }: RecordView, maxWaitSeconds: number): boolean {
    const waited = seconds - this.#lastSeconds + (nanos - this.#lastNanos) / NANOS;
    return waited < 0 || waited >= maxWaitSeconds;
  }

  /** Whether it may no longer hold back anything, since the log has come so far. */
  isStale(seconds: number, maxWaitSeconds: number): boolean {
    return seconds - this.#lastSeconds > maxWaitSeconds;
  }

  begin(line: RecordView, resume: ChannelResume): void {
    this.#resume = resume;
    this.#seconds = line.seconds;
    this.#nanos = line.nanos;
    this.#metadata = line.metadata;
    this.#held.append(line);
    this.#lines = 1;
  }

  /** Takes the line that is its next, and must have room. */
  add(line: RecordView): void {
    this.#held.append(line, LF);
    this.#lines += 1;
  }

  /** Says when the runtime wrote the line that came last. */
  setLast(seconds: number, nanos: number): void {
    this.#lastSeconds = seconds;
    this.#lastNanos = nanos;
  }

  /** Turns it into an entry and returns from where that comes again. */
  release(view: RecordView): ChannelResume {
    const resume = this.#resume!;
    this.#held.show(view);
    view.seconds = this.#seconds;
    view.nanos = this.#nanos;
    view.metadata = this.#metadata;
    view.partial = false;
    this.close();
    return resume;
  }

  /** Lets go of its bytes. */
  close(): void {
    this.#held.release();
    this.#resume = null;
    this.#lines = 0;
    this.isDue = false;
  }
}
