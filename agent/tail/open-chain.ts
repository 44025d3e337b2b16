import type { BigIntStats } from 'node:fs';
import type { FileId, Time } from '../model/position.ts';
import type { FileSystem } from '../runtime/file-system.ts';
import { GzipFile } from './gzip-file.ts';
import { fileIdOf, isSameFile, LogFile } from './log-file.ts';
import { failureOf, type OpenFailure } from './open-failure.ts';
import type { Opening } from './open-regular.ts';
import { isCompressed, type RotatedFiles } from './rotated-files.ts';

/** Looks at a directory that changes under our hands before giving up until the next poll or scan. */
const ATTEMPTS = 3;

/** One file of a chain, compressed or not: its content by offset. */
export type ChainFile = LogFile | GzipFile;

/** How the files of a chain are found, opened, and put in order. */
export interface ChainOpening extends Opening {
  readonly rotatedFiles: RotatedFiles;
  /** The time of the record that a file's content begins with; null when it cannot be told. */
  readonly timeOf: (head: Buffer) => Time | null;
}

export interface OpenedChain {
  /** Oldest first, never empty. */
  readonly files: readonly ChainFile[];
  /** Why the live file is not the last of them; null when it is. */
  readonly liveFailure: OpenFailure | null;
  /** The live file, if there is one that may be opened later: until then nothing can be said of what was read of it. */
  readonly awaited: FileId | null;
}

/** A name of the log, and the file that was under it; null when there was none, as under a link that leads nowhere. */
interface Seen {
  readonly path: string;
  readonly id: FileId | null;
}

/**
 * Opens the files of a log as they stand at one moment: the rotated ones, then the live one. Names move while they are looked at,
 * one after the other, and a file that slipped through would be lost: all names must lead to the same files before, at the opening and after.
 */
export function openChain(livePath: string, opening: ChainOpening): OpenedChain | OpenFailure {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const seen = look(livePath, opening);
      const chain = openAll(seen, opening);
      if (chain === 'moved') continue;
      if (typeof chain === 'string' || isSame(seen, look(livePath, opening))) return chain;
      closeAll(chain.files);
    }
    return 'missing';
  } catch (error) {
    return failureOf(error);
  }
}

/** Names of the rotated files, oldest first by name, then that of the live one. */
function look(livePath: string, { rotatedFiles, fs }: ChainOpening): Seen[] {
  return [...rotatedFiles(livePath, fs), livePath].map((path) => ({ path, id: idOf(statOf(path, fs)) }));
}

function idOf(stat: BigIntStats | null): FileId | null {
  return stat === null ? null : fileIdOf(stat);
}

/** Of all that was seen; `moved` when something else is under a name by now. */
function openAll(seen: readonly Seen[], opening: ChainOpening): OpenedChain | OpenFailure | 'moved' {
  const files = openRotated(seen.slice(0, -1), opening);
  if (typeof files === 'string') return files;
  const { path, id } = seen.at(-1)!;
  const live = asSeen(LogFile.open(path, opening), id);
  if (live === 'moved' || live === 'too_many_open') closeAll(files);
  if (typeof live === 'string' && (files.length === 0 || live === 'moved' || live === 'too_many_open')) return live;
  const ordered = inOrderOfContent(withoutTwins(files), opening.timeOf);
  if (typeof live === 'string') return { files: ordered, liveFailure: live, awaited: HOPEFUL.has(live) ? id : null };
  if (ordered.some((file) => isSameFile(file.id, live.id))) live.close();
  else ordered.push(live);
  return { files: ordered, liveFailure: null, awaited: null };
}

/** What there is hope for: until then nothing of the chain is opened, since a file that is passed over is lost. */
const HOPEFUL: ReadonlySet<OpenFailure> = new Set(['too_many_open', 'io_error', 'denied']);

/** Each file once, however many names lead to it. Rotated files that may never be opened are passed over. */
function openRotated(rotated: readonly Seen[], opening: ChainOpening): ChainFile[] | OpenFailure | 'moved' {
  const files: ChainFile[] = [];
  for (const { path, id } of rotated) {
    if (id === null || files.some((file) => isSameFile(file.id, id))) continue;
    const file = asSeen(openFile(path, opening), id);
    if (typeof file !== 'string') {
      files.push(file);
    } else if (file === 'moved' || HOPEFUL.has(file)) {
      closeAll(files);
      return file;
    }
  }
  return files;
}

/** What was opened under a name, or why it was not; `moved`, and closed, when it is something else than what was seen there. */
function asSeen<File extends ChainFile>(opened: File | OpenFailure, id: FileId | null): File | OpenFailure | 'moved' {
  if (typeof opened === 'string') return opened === 'missing' && id !== null ? 'moved' : opened;
  if (id !== null && isSameFile(opened.id, id)) return opened;
  opened.close();
  return 'moved';
}

function openFile(path: string, opening: ChainOpening): ChainFile | OpenFailure {
  const file = LogFile.open(path, opening);
  if (typeof file === 'string' || !isCompressed(path)) return file;
  try {
    return new GzipFile(file);
  } catch (error) {
    file.close();
    return failureOf(error);
  }
}

/**
 * Without the compressed files whose source is still there: it is about to be removed. The names do not tell, since two rotations
 * within a second end in the same suffix, and then both files are read.
 */
function withoutTwins(files: readonly ChainFile[]): ChainFile[] {
  const plain = files.filter((file) => file instanceof LogFile);
  return files.filter((file) => {
    const isTwin = file instanceof GzipFile && plain.some((other) => hasContentOf(file, other));
    if (isTwin) file.close();
    return !isTwin;
  });
}

function hasContentOf(compressed: GzipFile, plain: LogFile): boolean {
  return compressed.look().size === plain.look().size && plain.head()?.equals(compressed.head()) === true;
}

/**
 * The kubelet names files by local time, which goes back once a year, and a clock may be set: where what the files begin with says
 * otherwise than their names, that is believed. A file that does not tell its time stays behind the one before it.
 */
function inOrderOfContent(files: readonly ChainFile[], timeOf: ChainOpening['timeOf']): ChainFile[] {
  const timed: { readonly file: ChainFile; readonly time: Time }[] = [];
  let last: Time = [0, 0];
  for (const file of files) {
    last = timeOf(file.head() ?? Buffer.alloc(0)) ?? last;
    timed.push({ file, time: last });
  }
  return timed.toSorted((a, b) => compareTimes(a.time, b.time)).map(({ file }) => file);
}

function compareTimes(a: Time, b: Time): number {
  return a[0] - b[0] || a[1] - b[1];
}

function closeAll(files: readonly ChainFile[]): void {
  for (const file of files) file.close();
}

function isSame(before: readonly Seen[], after: readonly Seen[]): boolean {
  return before.length === after.length && before.every((seen, index) => isSameSight(seen, after[index]!));
}

function isSameSight(a: Seen, b: Seen): boolean {
  return a.path === b.path && (a.id === null || b.id === null ? a.id === b.id : isSameFile(a.id, b.id));
}

/** Null where nothing is to be seen. */
export function statOf(path: string, fs: FileSystem): BigIntStats | null {
  try {
    return fs.statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
