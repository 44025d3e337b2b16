import { type Loss, loss, type LossReason } from '../model/gap.ts';
import type { ChannelPosition, ChannelResume, KnownFile, Position, ResumePoint } from '../model/position.ts';
import type { ChainFile } from './open-chain.ts';
import { isKnownFile } from './resume-chain.ts';
import { Segment } from './segment.ts';

/** Keeps account of the bytes of a log: whatever was seen is read, skipped or lost in the end, or still unread. */
export interface LogWitness {
  /** So many more bytes have come into sight; less than 0 for such as turn out not to count. */
  saw(bytes: number): void;
  /** Bytes that were in sight are left out because they were asked to be. */
  skipped(bytes: number): void;
  /** Bytes that were in sight, none perhaps, were gone before they were read. */
  lost(gap: Loss): void;
}

const NO_GAPS: readonly Loss[] = [];

/** The files of a log, oldest to live, as one run of bytes, and how far that was read. Knows nothing of the disk. */
export class Chain {
  /** Bytes of the source that were read. */
  cursor = 0;
  readonly #witness: LogWitness;
  readonly #segments: Segment[] = [];
  /** Files that are still on disk, perhaps, but no longer in the chain: nothing of them is to be read again. */
  #finished: KnownFile[] = [];
  /** What is missing behind the last file. */
  #gapsAtEnd: readonly Loss[] = NO_GAPS;

  constructor(witness: LogWitness) {
    this.#witness = witness;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get newest(): Segment {
    return this.#segments[this.#segments.length - 1]!;
  }

  /** The file that is being read; null when all were. */
  get current(): Segment | null {
    return this.#segments.find(({ done }) => !done) ?? null;
  }

  /** How much of a file was read. */
  readOf(segment: Segment): number {
    if (segment === this.current) return this.cursor - segment.base!;
    return segment.done ? segment.size : segment.readBefore;
  }

  unreadOf(segment: Segment): number {
    return segment.size - this.readOf(segment);
  }

  /** A file that was read in an earlier run. */
  finished(file: ChainFile): void {
    this.#finished.push({ file: file.id, fingerprint: file.fingerprint(), size: file.look().size });
  }

  /** Adds a file behind the newest one; `gaps` were seen in an earlier run and are missing before it. */
  append(file: ChainFile, gaps: readonly Loss[], nowMs: number): void {
    this.#push(new Segment(file, [...this.#gapsAtEnd, ...gaps], 0), nowMs);
    this.#gapsAtEnd = NO_GAPS;
    for (const gap of gaps) this.#lostBefore(gap);
  }

  /** A file that was read to its end has come back, as after a mount that flapped: what is new in it is read behind the newest one. */
  revive(file: ChainFile, nowMs: number): void {
    const isIt = (known: KnownFile): boolean => isKnownFile(file, known, true);
    const before = this.#segments.findLast((segment) => isIt(segment.known));
    if (before !== undefined) before.hasComeBack = true;
    const known = before?.known ?? this.#finished.find(isIt);
    this.#finished = this.#finished.filter((other) => !isIt(other));
    this.#push(new Segment(file, NO_GAPS, Math.min(known?.size ?? 0, file.look().size)), nowMs);
  }

  #push(segment: Segment, nowMs: number): void {
    const { current } = this;
    const newest = this.#segments.at(-1);
    if (newest !== undefined) newest.supersededMs = nowMs;
    this.#segments.push(segment);
    if (current === null) segment.begin(this.cursor);
    this.#witness.saw(segment.size - segment.readBefore);
  }

  /** Of what is missing behind the newest file, seen in an earlier run. */
  missAtEnd(gaps: readonly Loss[]): void {
    this.#gapsAtEnd = gaps;
    for (const gap of gaps) this.#lostBefore(gap);
  }

  #lostBefore(gap: Loss): void {
    this.#witness.saw(gap.bytes);
    this.#witness.lost(gap);
  }

  /** Bytes that a policy leaves out. */
  skip(bytes: number): void {
    this.#witness.saw(bytes);
    this.#witness.skipped(bytes);
  }

  /** Puts the cursor into the first file, before anything was read of it. */
  startAt(cursor: number): void {
    this.cursor = cursor;
    this.#witness.saw(-cursor);
  }

  /** Whether a file that was found is one of the chain, and is it still to be read or was it read to its end. */
  lookUp(found: ChainFile): 'open' | 'read' | 'new' {
    const of = this.#segments.filter((segment) => segment.is(found));
    if (of.some(({ done }) => !done)) return 'open';
    return of.length > 0 || this.#finished.some((known) => isKnownFile(found, known, true)) ? 'read' : 'new';
  }

  /** Files that were read and are not among those on disk need not be remembered. Returns whether there are such. */
  forgetAbsent(files: readonly ChainFile[]): boolean {
    const before = this.#finished.length;
    this.#finished = this.#finished.filter((known) => files.some((file) => isKnownFile(file, known, true)));
    return this.#finished.length < before;
  }

  /** A file has grown to `size` bytes. */
  grow(segment: Segment, size: number): void {
    this.#witness.saw(size - segment.size);
    segment.size = size;
  }

  /** A file was truncated, and maybe written anew: its content begins again. */
  restart(segment: Segment, size: number): void {
    const gap = loss('truncated', Math.max(0, this.unreadOf(segment)));
    this.#witness.saw(size);
    this.#witness.lost(gap);
    if (segment === this.current) segment.base = this.cursor;
    if (gap.bytes > 0) segment.gaps = [...segment.gaps, gap];
    segment.fingerprint = segment.file.fingerprint();
    segment.isRewritten = false;
    segment.size = size;
  }

  /** The file is read to its end or, for a reason, as far as it will ever be. Reading goes on in the next one. */
  finish(segment: Segment, reason: LossReason | null): void {
    const gap = reason === null ? null : loss(reason, this.unreadOf(segment));
    segment.size = this.readOf(segment);
    segment.begin(this.cursor);
    segment.done = true;
    segment.file.close();
    if (gap !== null) this.#witness.lost(gap);
    this.current?.begin(this.cursor);
    this.#moveGaps(segment, gap === null ? segment.gaps : [...segment.gaps, gap]);
  }

  /** What is missing before and in a file that is done is missing before the one that is read next. */
  #moveGaps(segment: Segment, gaps: readonly Loss[]): void {
    segment.gaps = NO_GAPS;
    const next = this.#segments.slice(this.#segments.indexOf(segment)).find(({ done }) => !done);
    if (next === undefined) this.#gapsAtEnd = [...gaps, ...this.#gapsAtEnd];
    else next.gaps = [...gaps, ...next.gaps];
  }

  /** What is missing and was not handed on, in order. */
  get gaps(): readonly Loss[] {
    return [...this.#segments.flatMap(({ gaps }) => gaps), ...this.#gapsAtEnd];
  }

  /** What is missing behind all files, for whom nothing else follows; it is not told again. */
  takeGapsAtEnd(): readonly Loss[] {
    const gaps = this.#gapsAtEnd;
    this.#gapsAtEnd = NO_GAPS;
    return gaps;
  }

  /** Whether all from a resume point on stands in files that are open and were not deleted, as far as the last look has shown. */
  isOnDisk(resume: ResumePoint): boolean {
    const { current } = this;
    if (current === null || Math.min(resume[0].at, resume[1].at) < current.base!) return false;
    return this.#segments.every(({ done, deletedMs }) => done || deletedMs === null);
  }

  /** The durable form of a resume point. Files that lie before it are forgotten: call it with resume points that only grow. */
  position(resume: ResumePoint): Pick<Position, 'files' | 'channels'> {
    const earliest = Math.min(resume[0].at, resume[1].at);
    while (this.#segments.length > 1 && this.#segments[0]!.done && this.#segments[0]!.end <= earliest) {
      const { known, hasComeBack } = this.#segments.shift()!;
      if (!hasComeBack) this.#finished.push(known);
    }
    const bases = this.#bases();
    return {
      files: [...this.#finished, ...this.#segments.map(({ known }) => known)],
      channels: [this.#positionOf(resume[0], bases), this.#positionOf(resume[1], bases)],
    };
  }

  /**
   * A channel may be settled up to a place in a file that comes after the one that is being read for the other channel. A place in
   * what a truncation took away is the start of what came instead.
   */
  #positionOf({ at, record, state }: ChannelResume, bases: readonly number[]): ChannelPosition {
    const found = this.#segments.findIndex(({ done, size }, index) => {
      const end = bases[index]! + size;
      return at < end || (!done && at === end);
    });
    const index = found === -1 ? this.#segments.length - 1 : found;
    return { file: this.#finished.length + index, offset: Math.max(0, at - bases[index]!), record, state };
  }

  /** Where each file begins; those that come after the one that is read, as it will be if that does not grow. */
  #bases(): number[] {
    let end = 0;
    return this.#segments.map(({ base, readBefore, size }) => {
      const begin = base ?? end - readBefore;
      end = begin + size;
      return begin;
    });
  }

  close(): void {
    for (const segment of this.#segments) if (!segment.done) segment.file.close();
  }
}
