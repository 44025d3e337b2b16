import { type BigIntStats, statSync } from 'node:fs';
import type { FileId } from '../model/position.ts';
import { failureOf, fileIdOf, isSameFile, LogFile, type OpenFailure } from './log-file.ts';
import { GzipFile } from './gzip-file.ts';
import { isCompressed, rotatedFiles } from './rotated-files.ts';

/** Looks at a directory that changes under our hands before giving up until the next poll or scan. */
const ATTEMPTS = 3;
/** Rotations are at least 3 s apart, and a late flush comes within milliseconds. */
const NAMES_LIE_NS = 1_000_000_000n;

interface Found {
  readonly path: string;
  readonly id: FileId;
  readonly mtimeNs: bigint;
}

/** One file of a chain, compressed or not: its content by offset. */
export type ChainFile = LogFile | GzipFile;

export interface OpenedChain {
  /** Oldest first, never empty. */
  readonly files: readonly ChainFile[];
  /** Why the live file is not among them. */
  readonly liveFailure: OpenFailure | null;
}

/**
 * Opens the files of a log as they stand at one moment: the rotated ones, then the live one. Names move while they are looked at,
 * and a file that slipped through would be lost, so the directory must look the same before and after.
 */
export function openChain(livePath: string, roots: readonly string[]): OpenedChain | OpenFailure {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const found = find(livePath);
      const rotated = found.filter(({ path }) => path !== livePath);
      const chain = openAll(rotated, livePath, roots);
      if (typeof chain === 'string' || isSameChain(found, find(livePath))) return chain;
      for (const file of chain.files) file.close();
    }
    return 'missing';
  } catch (error) {
    return failureOf(error);
  }
}

/** Each file once, however many names lead to it. */
function find(livePath: string): Found[] {
  const found: Found[] = [];
  for (const path of rotatedFiles(livePath)) add(found, path);
  const rotated = inOrderOfTime(found);
  add(rotated, livePath);
  return rotated;
}

function add(found: Found[], path: string): void {
  const stat = statOf(path);
  if (stat === null) return;
  const id = fileIdOf(stat);
  if (!found.some((other) => isSameFile(other.id, id))) found.push({ path, id, mtimeNs: stat.mtimeNs });
}

/**
 * The kubelet names files by local time, which goes back once a year: where their last writes say otherwise, those are believed.
 * The last write of a compressed file says when it was compressed, so those keep the order of their names.
 */
function inOrderOfTime(found: readonly Found[]): Found[] {
  const compressed = found.filter(({ path }) => isCompressed(path));
  const others = found.filter(({ path }) => !isCompressed(path));
  const namesLie = others.some(({ mtimeNs }, i) => i > 0 && mtimeNs + NAMES_LIE_NS < others[i - 1]!.mtimeNs);
  return namesLie ? [...compressed, ...others.toSorted((a, b) => Number(a.mtimeNs - b.mtimeNs))] : [...found];
}

/** Rotated files that may never be opened are passed over; where there is hope, nothing is opened until it is fulfilled. */
function openAll(rotated: readonly Found[], livePath: string, roots: readonly string[]): OpenedChain | OpenFailure {
  const files: ChainFile[] = [];
  for (const { path } of rotated) {
    const file = LogFile.open(path, roots);
    if (typeof file !== 'string') {
      files.push(isCompressed(path) ? new GzipFile(file) : file);
    } else if (file === 'too_many_open' || file === 'io_error') {
      for (const opened of files) opened.close();
      return file;
    }
  }
  const live = LogFile.open(livePath, roots);
  if (typeof live === 'string') return files.length === 0 ? live : { files, liveFailure: live };
  if (files.some(({ id }) => isSameFile(id, live.id))) live.close();
  else files.push(live);
  return { files, liveFailure: null };
}

function isSameChain(before: readonly Found[], after: readonly Found[]): boolean {
  return before.length === after.length && before.every(({ id }, i) => isSameFile(id, after[i]!.id));
}

/** Null where nothing is to be seen. */
export function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}
