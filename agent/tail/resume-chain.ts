import { type Loss, loss } from '../model/gap.ts';
import {
  type ChannelPosition,
  type ChannelResume,
  type Fingerprint,
  type FileId,
  INITIAL_STATE,
  type KnownFile,
  type Position,
} from '../model/position.ts';
import { isSameFile } from './log-file.ts';
import type { ChainFile, OpenedChain } from './open-chain.ts';
import type { OpenFailure } from './open-failure.ts';

/** Where a log that has no position is begun: at its oldest file, at its live one, or behind what stands in that. */
export type StartPolicy = 'oldest' | 'live' | 'end';
/** A file of the chain and a byte of its content, where all before is taken to be read. */
export interface StartPlace {
  readonly index: number;
  readonly offset: number;
}
/** How a log is begun: where its position says, else where someone says who looks at its files, else by policy. */
export type Begin =
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'new'; readonly placeIn: (files: readonly ChainFile[]) => StartPlace | null; readonly start: StartPolicy };

/** One file that is to be read, and what is missing before it. */
interface ToRead {
  readonly file: ChainFile;
  readonly gaps: readonly Loss[];
}

/** A channel's place: a file of those to be read, a byte in it, and the state there. */
export interface Place {
  readonly index: number;
  readonly offset: number;
  readonly record: ChannelResume['record'];
  readonly state: ChannelResume['state'];
}

/** What is to be done with the files of a chain. */
export interface Resumption {
  /** Read to their end before, and not to be read again. */
  readonly finished: readonly ChainFile[];
  /** In the order they are to be read; the live file, if there is one, is the last. */
  readonly toRead: readonly ToRead[];
  readonly places: readonly [Place, Place];
  /** What is missing behind the last file. */
  readonly gapsAtEnd: readonly Loss[];
  /** Bytes that are not read because the policy says so. */
  readonly skippedBytes: number;
}

const START: Pick<Place, 'record' | 'state'> = { record: null, state: INITIAL_STATE };

/** Says which files of a chain are read, from where, and what is missing; or why that cannot be said yet. */
export function resumeChain(chain: OpenedChain, begin: Begin): Resumption | OpenFailure {
  if (begin.kind === 'position' && awaits(begin.position, chain)) return chain.liveFailure!;
  if (begin.kind === 'position') return resumeAtPosition(chain, begin.position);
  return resumeAtPlace(chain.files, begin.placeIn(chain.files) ?? placeByPolicy(chain.files, begin.start));
}

/** Whether something of the live file was settled, which cannot be opened just now: what of it is new is not known until it can. */
function awaits({ files, channels }: Position, { awaited }: OpenedChain): boolean {
  const first = Math.min(...channels.map(({ file }) => file));
  return awaited !== null && files.slice(first).some(({ file }) => isSameFile(file, awaited));
}

function placeByPolicy(files: readonly ChainFile[], start: StartPolicy): StartPlace {
  if (start === 'oldest') return { index: 0, offset: 0 };
  const live = files.length - 1;
  return { index: live, offset: start === 'end' ? files[live]!.endOfLines() : 0 };
}

function resumeAtPlace(files: readonly ChainFile[], { index, offset }: StartPlace): Resumption {
  const place: Place = { ...START, index: 0, offset };
  const finished = files.slice(0, index);
  return {
    finished,
    toRead: files.slice(index).map((file) => ({ file, gaps: [] })),
    places: [place, place],
    gapsAtEnd: [],
    skippedBytes: finished.reduce((sum, file) => sum + file.look().size, offset),
  };
}

/**
 * Every file is found again by what it begins with, under whatever name and compression it has now. Whatever a position does not
 * know came after it, however the names and times of the files disagree, so it is read behind what the position knows.
 */
function resumeAtPosition({ files, liveFailure }: OpenedChain, position: Position): Resumption {
  const live = liveFailure === null ? files.at(-1)! : null;
  const match = matchFiles(files, position);
  const first = Math.min(...position.channels.map(({ file }) => file));
  const known = position.files.map((_, index) => match.get(index) ?? null);
  // A live file is never finished: if it is one that was, it has got its name back and may grow.
  const finished = known.slice(0, first).filter((file): file is ChainFile => file !== null && file !== live);
  const matched = new Set(match.values());
  const fresh = files.filter((file) => !matched.has(file) && file !== live);
  const toRead: ToRead[] = [];
  let gaps: Loss[] = [];
  const add = (file: ChainFile): void => {
    toRead.push({ file, gaps });
    gaps = [];
  };
  /** For each known file its index in `toRead`, or that of what is read in its stead. */
  const indexOf: number[] = [];
  for (let index = first; index < known.length; index += 1) {
    const file = known[index]!;
    indexOf[index] = toRead.length;
    if (file === null) gaps = [...gaps, ...lossOf(position, index)];
    else if (file !== live) add(file);
  }
  for (const file of live === null ? fresh : [...fresh, live]) add(file);
  const placeOf = (channel: ChannelPosition): Place => {
    const index = indexOf[channel.file]!;
    const isThere = toRead[index]?.file === known[channel.file];
    if (!isThere) return { index, offset: 0, record: null, state: { ...channel.state, line: null } };
    return { index, offset: channel.offset, record: channel.record, state: channel.state };
  };
  const [out, err] = position.channels;
  return { finished, toRead, places: [placeOf(out), placeOf(err)], gapsAtEnd: gaps, skippedBytes: 0 };
}

/** For each known file, by index, the one of the chain that it is now. */
function matchFiles(files: readonly ChainFile[], position: Position): Map<number, ChainFile> {
  const match = new Map<number, ChainFile>();
  const taken = new Set<ChainFile>();
  for (const [index, known] of position.files.entries()) {
    const least = Math.max(0, ...position.channels.filter(({ file }) => file === index).map(({ offset }) => offset));
    const isDone = position.channels.every((channel) => index < channel.file);
    const alike = files.filter((file) => !taken.has(file) && isKnownFile(file, known, isDone) && file.look().size >= least);
    const found = alike.find(({ id }) => isSameFile(id, known.file)) ?? alike[0];
    if (found === undefined) continue;
    match.set(index, found);
    taken.add(found);
  }
  for (const index of position.files.keys()) if (!match.has(index)) matchByPlace(files, position, { index, match, taken });
  return match;
}

/**
 * Compressed, a file that was empty is known by nothing but where it stands: right behind the one that was before it. When that is gone
 * too, others may have gone with it, and whether the oldest that is left is the one in question nobody can say: that is a gap.
 */
function matchByPlace(
  files: readonly ChainFile[],
  position: Position,
  { index, match, taken }: { readonly index: number; readonly match: Map<number, ChainFile>; readonly taken: Set<ChainFile> },
): void {
  const before = match.get(index - 1);
  if (position.files[index]!.fingerprint.bytes > 0 || before === undefined) return;
  const found = files[files.indexOf(before) + 1];
  if (found === undefined || !found.complete || taken.has(found)) return;
  match.set(index, found);
  taken.add(found);
}

/** What is lost with a known file that is not there any more: one that had a successor was complete, another may have grown since. */
function lossOf({ files, channels }: Position, index: number): Loss[] {
  const { size } = files[index]!;
  const offsets = channels.map(({ file, offset }) => (file < index ? 0 : file === index ? offset : size));
  const bytes = Math.max(0, size - Math.min(...offsets));
  const wasLive = index === files.length - 1;
  return bytes > 0 || wasLive ? [loss('deleted_unread', bytes)] : [];
}

/** Whether a file is one that was seen before. Files with equal heads differ by their inodes, or compressed by their sizes. */
export function isKnownFile(file: ChainFile, { file: id, fingerprint, size }: KnownFile, isDone: boolean): boolean {
  if (isDone && file.complete && file.look().size !== size) return false;
  return isFile(file, id, fingerprint);
}

/**
 * Whether a file is the one of this inode and beginning. Inodes are given to new files at once, so the content has to agree; and
 * compression moves the content to a new inode, so for a compressed file it is enough.
 */
function isFile(file: ChainFile, id: FileId, fingerprint: Fingerprint): boolean {
  if (!isSameFile(file.id, id) && !(file.complete && fingerprint.bytes > 0)) return false;
  return file.grown(fingerprint) !== null;
}
