import type { FileId } from '../model/position.ts';
import type { Source } from '../model/source.ts';
import type { FileMark, ForeignPosition, ForeignPositions } from './foreign-positions.ts';
import { isNameOf, type LogName } from './log-name.ts';
import { vectorFirstLine } from './vector-first-line.ts';

/** One file of a log as it is on disk now; whoever opens the log makes these, and is asked while `placeOf` runs. */
export interface CandidateFile {
  readonly id: FileId;
  /** Without its directory; compressed files end in `.gz`. */
  readonly name: string;
  /** Bytes of its content, decompressed. */
  readonly size: number;
  /** Time of its first record; null without a complete one, or when it tells no time. */
  readonly firstRecordMs: number | null;
  /** The first bytes of its content, `bytes` of them or all there are. */
  head(bytes: number): Uint8Array;
  /** Of the last record that ends at or before `offset`: its end, behind its line feed, and its time. Null when none is found near. */
  recordBefore(offset: number): { readonly end: number; readonly ms: number | null } | null;
}

/** Where reading begins: a file by its index in the chain, and a byte of its content. */
export interface Place {
  readonly index: number;
  readonly offset: number;
}

/**
 * Where reading of a log must begin for nothing to be lost that another agent had not read, as far as its positions prove it; null
 * when they say nothing of this log. Files before the place count as read. `files`: the chain, oldest to live. In doubt the place is
 * the earlier one: what is read twice does less harm than what is not read at all.
 */
export function placeOf(
  files: readonly CandidateFile[],
  source: Pick<Source, 'id' | 'containerId'>,
  positions: ForeignPositions,
): Place | null {
  const entries = positions.entries.filter((entry) => isAbout(entry, source));
  const firstLines = entries.some(({ mark }) => mark?.kind === 'first_line')
    ? files.map((file) => vectorFirstLine((bytes) => file.head(bytes)))
    : [];
  const found = entries.map((entry) => locate(entry, { files, firstLines, asOfMs: positions.asOfMs })).filter((place) => place !== null);
  return found.length === 0 ? null : firstUnread(files, found);
}

/** A place that one position stands for. */
interface Found extends Place {
  /** By a mark or a name, rather than by time. */
  readonly isCertain: boolean;
}

/** The oldest place, but for files that were read to their end while it is certain how far the next was read. */
function firstUnread(files: readonly CandidateFile[], found: readonly Found[]): Place {
  const offsetIn = (wanted: number): number => Math.min(...found.filter(({ index }) => index === wanted).map(({ offset }) => offset));
  let index = Math.min(...found.map(({ index }) => index));
  while (offsetIn(index) === files[index]!.size && found.some((next) => next.index === index + 1 && next.isCertain)) index += 1;
  return { index, offset: offsetIn(index) };
}

/** A mark says enough where no name contradicts it. */
function isAbout({ log, mark }: ForeignPosition, source: Pick<Source, 'id' | 'containerId'>): boolean {
  return (log === null ? null : isNameOf(log, source)) ?? mark !== null;
}

interface Chain {
  readonly files: readonly CandidateFile[];
  readonly firstLines: readonly (bigint | null)[];
  readonly asOfMs: number;
}

function locate({ log, mark, offset }: ForeignPosition, chain: Chain): Found | null {
  const index = indexOf(chain, mark, log);
  if (index !== -1) return placeInside(chain, index, offset, mark);
  // A rotated file keeps its name for good, but for what compression adds: it is gone.
  if (log === null || (log.kind === 'source' && log.rotated !== null)) return null;
  return placeByTime(chain, (file) => (mark === null ? endIn(file, offset, chain.asOfMs) : endCompressed(file, offset, chain.asOfMs)));
}

/** The file that a mark or the name of a rotated file stands for, or -1. */
function indexOf({ files, firstLines }: Chain, mark: FileMark | null, log: LogName | null): number {
  if (mark?.kind === 'first_line') return firstLines.indexOf(mark.crc64);
  const marked = mark === null ? -1 : files.findIndex(({ id }) => id.ino === mark.ino && (mark.dev === null || mark.dev === id.dev));
  if (marked !== -1 || log?.kind !== 'source' || log.rotated === null) return marked;
  const { rotated } = log;
  return files.findIndex(({ name }) => name === rotated || name === `${rotated}.gz`);
}

/** In a file that is known to be the right one: an offset inside a record steps back to where that begins. */
function placeInside({ files, asOfMs }: Chain, index: number, offset: number, mark: FileMark | null): Found | null {
  const file = files[index]!;
  if (offset > file.size) return null;
  const record = offset === 0 ? null : file.recordBefore(offset);
  // Inodes are given to new files at once; a first line, with its time in it, is not written twice.
  const isYounger = !hasBegun(file, asOfMs) || (record?.ms ?? asOfMs) > asOfMs;
  if (isYounger && mark?.kind !== 'first_line') return null;
  return { index, offset: record?.end ?? 0, isCertain: true };
}

/**
 * A path stands for the file that was live when the positions were written: the newest that an offset fits. The agent may still have
 * been in the one before, just rotated: that one, if it fits too. `fit` gives the offset in a file, or null.
 */
function placeByTime({ files }: Chain, fit: (file: CandidateFile) => number | null): Found | null {
  const newest = files.findLastIndex((file) => fit(file) !== null);
  for (const index of [newest - 1, newest]) {
    const offset = index < 0 ? null : fit(files[index]!);
    if (offset !== null) return { index, offset, isCertain: false };
  }
  return null;
}

/** An offset where a record ends that was there when the positions were written. */
function endIn(file: CandidateFile, offset: number, asOfMs: number): number | null {
  if (offset > file.size || !hasBegun(file, asOfMs)) return null;
  if (offset === 0) return 0;
  const record = file.recordBefore(offset);
  return record?.end === offset && record.ms !== null && record.ms <= asOfMs ? offset : null;
}

/** The same for an agent whose offsets may lie inside lines. A file with another inode can be the same one only if it is compressed now. */
function endCompressed(file: CandidateFile, offset: number, asOfMs: number): number | null {
  if (!file.name.endsWith('.gz') || offset > file.size) return null;
  return endIn(file, file.recordBefore(offset)?.end ?? 0, asOfMs);
}

function hasBegun({ firstRecordMs }: CandidateFile, asOfMs: number): boolean {
  return firstRecordMs !== null && firstRecordMs <= asOfMs;
}
