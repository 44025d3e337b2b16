import type { Loss } from '../model/gap.ts';
import type { ChannelResume, Position, ResumePoint, Time } from '../model/position.ts';
import { Chain, type LogWitness } from './chain.ts';
import { fileIdOf, isSameFile } from './log-file.ts';
import { type ChainFile, type ChainOpening, type OpenedChain, openChain, statOf } from './open-chain.ts';
import { failureOf, type OpenFailure } from './open-failure.ts';
import { type Begin, type Place, resumeChain, type Resumption } from './resume-chain.ts';
import type { Segment } from './segment.ts';

/** A disk that fails once may not fail again. */
const LOST_AFTER = 5;

/** What reading gave: bytes that lie in the caller's buffer, and what is known about their place. */
export interface LogChunk {
  readonly length: number;
  readonly at: number;
  readonly startsFile: boolean;
  readonly endsFile: boolean;
  /** What stood before this chunk is not what was read last: an unfinished line will never be finished. */
  readonly afterGap: boolean;
  /** What is known of the bytes that are missing there. */
  readonly gaps: readonly Loss[];
  readonly birth: Time;
}

/** Learns from rotations how much of a log is kept. */
interface RotationObserver {
  /** A file of so many bytes was rotated. */
  rotatedAt(bytes: number): void;
  /** So many files were left, the live one among them, as an older one was removed. */
  kept(files: number): void;
}

export interface LogOptions extends ChainOpening {
  readonly rotateGraceMs: number;
  readonly retention: RotationObserver;
}

/**
 * The log of one source over its rotations: a chain of files, oldest to live, read as one run of bytes. The file that was live
 * is read to its end, late flushes included, before its successor. Polling is the truth; nobody has to tell it what happened.
 */
export class SourceLog {
  /** Why the newest file could not be opened at the last try; reading goes on in those before it. */
  followFailure: OpenFailure | null = null;
  readonly #path: string;
  readonly #options: LogOptions;
  readonly #chain: Chain;
  /** Reads that have failed since the last one that has not. */
  #failures = 0;
  /** Content was exchanged under the cursor, or left out. */
  #isCut = false;
  /** No file will come after the newest one, and nothing will be written to that. */
  #ended = false;

  constructor(path: string, options: LogOptions, witness: LogWitness) {
    this.#path = path;
    this.#options = options;
    this.#chain = new Chain(witness);
  }

  /** Opens the chain. Returns where decoding resumes, or why nothing could be opened. */
  open(begin: Begin, nowMs: number): ResumePoint | OpenFailure {
    const opened = openChain(this.#path, this.#options);
    if (typeof opened === 'string') return opened;
    this.followFailure = opened.liveFailure;
    const resumption = tryToResume(opened, begin);
    if (typeof resumption === 'string') return resumption;
    const { finished, toRead, places, gapsAtEnd, skippedBytes } = resumption;
    for (const file of finished) {
      this.#chain.finished(file);
      file.close();
    }
    if (toRead.length === 0) return 'missing';
    for (const { file, gaps } of toRead) this.#chain.append(file, gaps, nowMs);
    this.#chain.missAtEnd(gapsAtEnd);
    this.#chain.skip(skippedBytes);
    return this.#resumeAt(places);
  }

  /** Puts the cursor to the earlier of two places; one of them is in the first file. */
  #resumeAt(places: readonly [Place, Place]): ResumePoint {
    const bases = [0];
    let base = 0;
    for (const { size } of this.#chain.segments) bases.push((base += size));
    const resume = ({ index, offset, record, state }: Place): ChannelResume => ({ at: bases[index]! + offset, record, state });
    const point: ResumePoint = [resume(places[0]), resume(places[1])];
    this.#chain.startAt(Math.min(point[0].at, point[1].at));
    return point;
  }

  /** Looks at the disk: growth, rotation, truncation. Returns whether a read may now get further than the last one. */
  poll(nowMs: number): boolean {
    let changed = this.#measureAll(nowMs);
    const live = statOf(this.#path, this.#options.fs);
    const isRotated = live === null || !isSameFile(fileIdOf(live), this.#chain.newest.file.id);
    if (isRotated || this.#chain.segments.some(({ deletedMs }) => deletedMs === nowMs)) {
      const opened = openChain(this.#path, this.#options);
      // Once more behind the look at the directory: what stands there compressed is known by all that was ever written to it.
      if (this.#measureAll(nowMs)) changed = true;
      this.#follow(opened, nowMs);
    }
    const { current } = this.#chain;
    return changed || (current !== null && this.#isFinal(current, nowMs));
  }

  #measureAll(nowMs: number): boolean {
    let changed = false;
    for (const segment of this.#chain.segments) if (!segment.done && this.#measure(segment, nowMs)) changed = true;
    return changed;
  }

  /** Takes note of a file's size and name; returns whether there may be more to read. */
  #measure(segment: Segment, nowMs: number): boolean {
    const { size, deleted } = segment.file.look();
    segment.deletedMs = deleted ? (segment.deletedMs ?? nowMs) : null;
    const read = this.#chain.readOf(segment);
    if (size === segment.size && size >= read && !segment.isRewritten) return false;
    const fingerprint = segment.file.grown(segment.fingerprint);
    if (size >= read && fingerprint !== null) {
      segment.fingerprint = fingerprint;
      this.#chain.grow(segment, size);
    } else {
      this.#isCut ||= segment === this.#chain.current;
      this.#chain.restart(segment, size);
    }
    return true;
  }

  /** Appends what came after the newest file: normally the new live file, and rotated ones if several rotations went by. */
  #follow(opened: OpenedChain | OpenFailure, nowMs: number): void {
    this.followFailure = typeof opened === 'string' ? opened : opened.liveFailure;
    if (typeof opened === 'string') return;
    const isOneGone = this.#chain.forgetAbsent(opened.files);
    if (isOneGone && opened.liveFailure === null) this.#options.retention.kept(opened.files.length);
    const live = opened.liveFailure === null ? opened.files.at(-1)! : null;
    for (const file of opened.files) {
      const state = this.#chain.lookUp(file);
      if (state === 'open') this.#followCompression(file);
      else if (state === 'read' && file !== live) file.close();
      else this.#append(file, state, nowMs);
    }
  }

  #append(file: ChainFile, state: 'read' | 'new', nowMs: number): void {
    this.#ended = false;
    if (state === 'read') {
      this.#chain.revive(file, nowMs);
    } else {
      this.#options.retention.rotatedAt(this.#chain.newest.size);
      this.#chain.append(file, [], nowMs);
    }
  }

  /** A file that has lost its name may stand there compressed: then that is read on, and the disk has its room back. */
  #followCompression(found: ChainFile): void {
    const segment = this.#chain.segments.find((other) => !other.done && other.deletedMs !== null && other.isCompressedTo(found));
    if (segment === undefined) found.close();
    else segment.moveTo(found);
  }

  /** Bytes on disk that were not consumed, over all files of the chain. */
  get unreadBytes(): number {
    return this.#chain.segments.reduce((sum, segment) => sum + this.#chain.unreadOf(segment), 0);
  }

  /** Those of them that are on disk only because the files are open here. */
  get heldBytes(): number {
    return this.#chain.segments.reduce((sum, segment) => sum + (segment.deletedMs === null ? 0 : this.#chain.unreadOf(segment)), 0);
  }

  /** Since when the oldest file with such bytes has had no name; null when there is none. */
  get heldSinceMs(): number | null {
    return this.#held?.deletedMs ?? null;
  }

  get #held(): Segment | undefined {
    return this.#chain.segments.find((segment) => segment.deletedMs !== null && this.#chain.unreadOf(segment) > 0);
  }

  /** Lets go of the oldest file that has unread bytes and no name; what is unread of it is lost. Not while a read is under way. */
  letGo(): void {
    const segment = this.#held;
    if (segment === undefined) return;
    this.#isCut ||= segment === this.#chain.current;
    this.#chain.finish(segment, 'held_too_long');
  }

  /**
   * Reading has failed: it is tried again while the file is there. One that is gone from the directory, and fails time after time, is
   * given up. Returns whether it is.
   */
  passUnreadable(): boolean {
    const { current } = this.#chain;
    this.#failures += 1;
    if (current === null || this.#failures < LOST_AFTER || this.#isThere(current)) return false;
    this.#isCut = true;
    this.#chain.finish(current, 'unreadable');
    return true;
  }

  #isThere(segment: Segment): boolean {
    const opened = openChain(this.#path, this.#options);
    if (typeof opened === 'string') return opened !== 'missing';
    for (const file of opened.files) file.close();
    return opened.files.some(({ id }) => isSameFile(id, segment.file.id));
  }

  /** Whether all from a resume point on could be read again by whoever opens the log now. */
  isOnDisk(resume: ResumePoint): boolean {
    return this.#chain.isOnDisk(resume);
  }

  /** Whoever wrote the log is gone for good: what stands behind the last line feed is all there will be. */
  end(): void {
    this.#ended = true;
  }

  /** What is missing behind all that was read, when nothing else follows; it is not told again. */
  takeGapsAtEnd(): readonly Loss[] {
    return this.#chain.takeGapsAtEnd();
  }

  /** Reads on from the cursor into `target`. Rejects on I/O errors, which leave everything as it was. */
  async read(target: Buffer, nowMs: number): Promise<LogChunk> {
    const { current, newest, cursor: at } = this.#chain;
    const { birth } = (current ?? newest).file;
    if (current === null) return { length: 0, at, startsFile: false, endsFile: false, afterGap: false, gaps: [], birth };
    const { file, gaps } = current;
    const offset = at - current.base!;
    const final = this.#isFinal(current, nowMs);
    const length = await this.#fill(target, current, offset);
    this.#failures = 0;
    const endsFile = final && length < target.length && offset + length >= file.look().size;
    return { length, at, startsFile: offset === 0, endsFile, afterGap: this.#isCut || gaps.length > 0, gaps, birth };
  }

  /** Reads what is known to be there, though a file system may give it in pieces; resolves with how many bytes it was. */
  async #fill(target: Buffer, { file, size }: Segment, offset: number): Promise<number> {
    let length = await file.read(target, offset);
    for (let more = length; more > 0 && length < target.length && offset + length < size; length += more)
      more = await file.read(target.subarray(length), offset + length);
    return length;
  }

  /** Moves the cursor behind `consumed` bytes of the chunk; at the end of a file that has ended, to the next file. */
  advance(chunk: LogChunk, consumed: number): void {
    const { current } = this.#chain;
    if (current === null) return;
    this.#chain.cursor = chunk.at + consumed;
    this.#isCut = false;
    current.gaps = [];
    const read = this.#chain.readOf(current);
    if (read > current.size) this.#chain.grow(current, read);
    if (current.fingerprint.bytes < read) this.#recognise(current);
    const isDamaged = current.file.damaged || current.size > read;
    if (chunk.endsFile && consumed === chunk.length) this.#chain.finish(current, isDamaged ? 'damaged' : null);
  }

  /** A position says what its file begins with, and so it has to be known by the time that much was read of it. */
  #recognise(segment: Segment): void {
    const fingerprint = segment.file.grown(segment.fingerprint);
    if (fingerprint === null) segment.isRewritten = true;
    else segment.fingerprint = fingerprint;
  }

  /** Nothing more will be written to a file once its successor has been there for a while, or has a successor itself. */
  #isFinal(segment: Segment, nowMs: number): boolean {
    if (segment.supersededMs === null) return this.#ended;
    if (segment.file.complete) return true;
    const successor = this.#chain.segments[this.#chain.segments.indexOf(segment) + 1]!;
    return successor.supersededMs !== null || nowMs - segment.supersededMs >= this.#options.rotateGraceMs;
  }

  /** The durable form of a resume point. Files that lie before it are forgotten: call it with resume points that only grow. */
  position(resume: ResumePoint): Position {
    return { ...this.#chain.position(resume), gaps: this.#chain.gaps };
  }

  /** The file that a place of the source is in, by the name it was opened with, and the byte of its content; for the operator. */
  locate(at: number): { readonly file: string; readonly offset: number } {
    const segment = this.#chain.segments.findLast(({ base }) => base !== null && base <= at) ?? this.#chain.segments[0]!;
    return { file: segment.file.path, offset: at - (segment.base ?? 0) };
  }

  close(): void {
    this.#chain.close();
  }
}

/** Looking for a place may take a look into files. */
function tryToResume(opened: OpenedChain, begin: Begin): Resumption | OpenFailure {
  let resumption: Resumption | OpenFailure;
  try {
    resumption = resumeChain(opened, begin);
  } catch (error) {
    resumption = failureOf(error);
  }
  if (typeof resumption === 'string') for (const file of opened.files) file.close();
  return resumption;
}
