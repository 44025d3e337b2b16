import {
  type ChannelPosition,
  type ChannelResume,
  type FileId,
  type Fingerprint,
  INITIAL_STATE,
  type Position,
  type ResumePoint,
  type Time,
} from '../model/position.ts';
import { GzipFile } from './gzip-file.ts';
import { fileIdOf, isSameFile, type OpenFailure } from './log-file.ts';
import { type ChainFile, openChain, statOf } from './open-chain.ts';

/** One file of the chain, oldest to live, and its place in the source's bytes. */
interface Segment {
  readonly file: ChainFile;
  /** The file was read to its end and closed; kept while a position may still lie in it. */
  done: boolean;
  fingerprint: Fingerprint;
  /** Bytes of the source before the file; null until its predecessor was read to the end. */
  base: number | null;
  size: number;
  /** When a successor was seen, on the monotonic clock. */
  supersededMs: number | null;
}

/** What is remembered of a file that was read. */
interface Finished {
  readonly id: FileId;
  readonly fingerprint: Fingerprint;
}

/** What reading gave: bytes that lie in the caller's buffer, and what is known about their place. */
export interface LogChunk {
  readonly length: number;
  readonly at: number;
  readonly startsFile: boolean;
  readonly endsFile: boolean;
  /** Bytes before this chunk are gone: what was held of an unfinished line is all there will be. */
  readonly afterGap: boolean;
  readonly birth: Time;
}

/** A channel's place in the chain while it is being opened. */
interface Place {
  readonly index: number;
  readonly offset: number;
  readonly record: ChannelResume['record'];
  readonly state: ChannelResume['state'];
  readonly lost: boolean;
}

export interface LogOptions {
  readonly allowedRoots: readonly string[];
  readonly rotateGraceMs: number;
}

/** Times that content vanished before it was read. */
export interface LogLosses {
  truncations: number;
  lostFiles: number;
}

/**
 * The log of one source over its rotations: a chain of files, oldest to live, read as one run of bytes. The file that was live
 * is read to its end, late flushes included, before its successor. Polling is the truth; nobody has to tell it what happened.
 */
export class SourceLog {
  readonly losses: LogLosses;
  /** Why the newest file could not be opened at the last try; reading goes on in those before it. */
  followFailure: OpenFailure | null = null;
  readonly #path: string;
  readonly #options: LogOptions;
  readonly #segments: Segment[] = [];
  /** Files that are still on disk, perhaps, but no longer in the chain: nothing of them is to be read again. */
  #finished: Finished[] = [];
  #cursor = 0;
  #afterGap = false;

  /** `losses` is added to: all logs on the way to one output may share it. */
  constructor(path: string, options: LogOptions, losses: LogLosses = { truncations: 0, lostFiles: 0 }) {
    this.losses = losses;
    this.#path = path;
    this.#options = options;
  }

  /**
   * Opens the chain. With a position, reading goes on in the file it names, wherever that was renamed to; if the file is gone,
   * with the oldest there is. Returns where decoding resumes, or why nothing could be opened.
   */
  open(position: Position | null, nowMs: number): ResumePoint | OpenFailure {
    const chain = openChain(this.#path, this.#options.allowedRoots);
    if (typeof chain === 'string') return chain;
    this.followFailure = chain.liveFailure;
    for (const file of chain.files) this.#append(file, nowMs);
    const [out, err] = [this.#place(position?.[0]), this.#place(position?.[1])];
    if (position !== null && (out.lost || err.lost)) this.losses.lostFiles += 1;
    return this.#resumeAt(out, err);
  }

  #append(file: ChainFile, nowMs: number): void {
    const newest = this.#segments.at(-1);
    if (newest !== undefined) newest.supersededMs = nowMs;
    this.#segments.push({ file, done: false, fingerprint: file.fingerprint(), base: null, size: file.size, supersededMs: null });
  }

  /** The file of the chain that a position lies in; the start of the oldest when that file is gone or there is no position. */
  #place(position: ChannelPosition | undefined): Place {
    const index = position === undefined ? -1 : this.#segments.findIndex((segment) => holdsPosition(segment.file, position));
    const state = position?.state ?? INITIAL_STATE;
    if (index === -1) return { index: 0, offset: 0, record: null, state: { ...state, line: null }, lost: true };
    return { index, offset: position!.offset, record: position!.record, state, lost: false };
  }

  /** Puts the cursor to the earlier of two places; files before it are closed. */
  #resumeAt(out: Place, err: Place): ResumePoint {
    const first = Math.min(out.index, err.index);
    for (const before of this.#segments.splice(0, first)) {
      before.file.close();
      this.#finished.push({ id: before.file.id, fingerprint: before.fingerprint });
    }
    const bases: number[] = [];
    let base = 0;
    for (const segment of this.#segments) {
      bases.push(base);
      base += segment.size;
    }
    const resume = ({ index, offset, record, state }: Place): ChannelResume => ({ at: bases[index - first]! + offset, record, state });
    const point: ResumePoint = [resume(out), resume(err)];
    this.#cursor = Math.min(point[0].at, point[1].at);
    this.#segments[0]!.base = 0;
    return point;
  }

  /** Looks at the disk: growth, rotation, truncation. Returns whether a read may now get further than the last one. */
  poll(nowMs: number): boolean {
    let changed = false;
    // First, since a young file has to be known well by the time that it may come again compressed.
    for (const segment of this.#segments) if (!segment.done && this.#measure(segment)) changed = true;
    const live = statOf(this.#path);
    if (live === null || !isSameFile(fileIdOf(live), this.#newest.file.id)) this.#follow(nowMs);
    return changed || this.#isFinal(this.#current, nowMs);
  }

  get #newest(): Segment {
    return this.#segments[this.#segments.length - 1]!;
  }

  /** The file that is being read. */
  get #current(): Segment {
    return this.#segments.find((segment) => !segment.done)!;
  }

  /** Appends what came after the newest file: normally the new live file, and rotated ones if several rotations went by. */
  #follow(nowMs: number): void {
    const chain = openChain(this.#path, this.#options.allowedRoots);
    this.followFailure = typeof chain === 'string' ? chain : chain.liveFailure;
    if (typeof chain === 'string') return;
    const { files } = chain;
    this.#finished = this.#finished.filter((finished) => files.some((file) => isFile(file, finished.id, finished.fingerprint)));
    for (const file of files) {
      if (this.#isKnown(file)) file.close();
      else this.#append(file, nowMs);
    }
  }

  /** Whether a file is in the chain, or was: by another name, or compressed by now. */
  #isKnown(file: ChainFile): boolean {
    return (
      this.#segments.some(({ done, file: { id }, fingerprint }) => (!done && isSameFile(id, file.id)) || isFile(file, id, fingerprint)) ||
      this.#finished.some(({ id, fingerprint }) => isFile(file, id, fingerprint))
    );
  }

  /** Takes note of a file's size; returns whether it changed. */
  #measure(segment: Segment): boolean {
    const { size } = segment.file;
    const changed = size !== segment.size;
    const read = segment === this.#current ? this.#cursor - segment.base! : 0;
    segment.size = size;
    if (!changed && size >= read) return false;
    const fingerprint = segment.file.grown(segment.fingerprint);
    if (size < read || fingerprint === null) this.#restart(segment);
    else segment.fingerprint = fingerprint;
    return true;
  }

  /** The file was truncated, and maybe written anew: its content begins again. */
  #restart(segment: Segment): void {
    segment.fingerprint = segment.file.fingerprint();
    if (segment !== this.#current) return;
    this.losses.truncations += 1;
    segment.base = this.#cursor;
    this.#afterGap = true;
  }

  /** Bytes on disk that were not consumed, over all files of the chain. */
  get unreadBytes(): number {
    let bytes = 0;
    for (const segment of this.#segments) {
      if (!segment.done) bytes += segment.size - (segment.base === null ? 0 : Math.max(0, this.#cursor - segment.base));
    }
    return bytes;
  }

  /** Reads on from the cursor into `target`. Rejects on I/O errors, which leave everything as it was. */
  async read(target: Buffer, nowMs: number): Promise<LogChunk> {
    const segment = this.#current;
    const offset = this.#cursor - segment.base!;
    const final = this.#isFinal(segment, nowMs);
    const length = await segment.file.read(target, offset);
    const endsFile = final && length < target.length && offset + length >= segment.file.size;
    return { length, at: this.#cursor, startsFile: offset === 0, endsFile, afterGap: this.#afterGap, birth: segment.file.birth };
  }

  /** Moves the cursor behind `consumed` bytes of the chunk; at the end of a file that has ended, to the next file. */
  advance(chunk: LogChunk, consumed: number): void {
    this.#cursor = chunk.at + consumed;
    this.#afterGap = false;
    const segment = this.#current;
    const read = this.#cursor - segment.base!;
    segment.size = Math.max(segment.size, read);
    // A position says what its file begins with; null means that the file was written anew, which the next poll sees to.
    if (segment.fingerprint.bytes < read) segment.fingerprint = segment.file.grown(segment.fingerprint) ?? segment.fingerprint;
    if (!chunk.endsFile || consumed < chunk.length) return;
    if (segment.file instanceof GzipFile && segment.file.damaged) this.losses.lostFiles += 1;
    segment.done = true;
    segment.size = read;
    segment.file.close();
    this.#current.base = this.#cursor;
  }

  /** Nothing more will be written to a file once its successor has been there for a while, or has a successor itself. */
  #isFinal(segment: Segment, nowMs: number): boolean {
    if (segment.supersededMs === null) return false;
    if (segment.file.complete) return true;
    const successor = this.#segments[this.#segments.indexOf(segment) + 1]!;
    return successor.supersededMs !== null || nowMs - segment.supersededMs >= this.#options.rotateGraceMs;
  }

  /** The durable form of a resume point. Files that lie before it are forgotten: call it with resume points that only grow. */
  position(resume: ResumePoint): Position {
    const position: Position = [this.#positionOf(resume[0]), this.#positionOf(resume[1])];
    const earliest = Math.min(resume[0].at, resume[1].at);
    for (let first = this.#segments[0]!; first.done && endOf(first) <= earliest; first = this.#segments[0]!) {
      this.#finished.push({ id: first.file.id, fingerprint: first.fingerprint });
      this.#segments.shift();
    }
    return position;
  }

  /** A place in what a truncation took away is the start of what came instead. */
  #positionOf({ at, record, state }: ChannelResume): ChannelPosition {
    const segment = this.#segments.find((segment) => !segment.done || at < endOf(segment))!;
    return { file: segment.file.id, fingerprint: segment.fingerprint, offset: Math.max(0, at - segment.base!), record, state };
  }

  close(): void {
    for (const segment of this.#segments) if (!segment.done) segment.file.close();
  }
}

function holdsPosition(file: ChainFile, { file: id, fingerprint, offset }: ChannelPosition): boolean {
  return isFile(file, id, fingerprint) && offset <= file.size;
}

/**
 * Whether a file is the one of this inode and beginning. Inodes are given to new files at once, so the content has to agree; and
 * compression moves the content to a new inode, so for a compressed file it is enough.
 */
function isFile(file: ChainFile, id: FileId, fingerprint: Fingerprint): boolean {
  if (!isSameFile(file.id, id) && !(file.complete && fingerprint.bytes > 0)) return false;
  return file.grown(fingerprint) !== null;
}

/** Of a file that was read: the bytes of the source before its end. */
function endOf(segment: Segment): number {
  return segment.base! + segment.size;
}
