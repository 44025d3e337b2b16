import type { BigIntStats } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ImportFault } from './foreign-positions.ts';
import { fileFault, oddityOf, unreadable } from './read-positions-file.ts';

/**
 * What belongs to a database: its pages, and those that only its write-ahead log has, or those to roll back (sqlite.org/tempfiles.html).
 * The index of the log, `-shm`, is left out: SQLite makes it anew, and so checks every frame of the copied log.
 */
const PARTS = ['', '-wal', '-journal'];
/** Copies made of a database that changes meanwhile before giving up. */
const ATTEMPTS = 3;

export interface SqliteSnapshot extends AsyncDisposable {
  readonly kind: 'snapshot';
  readonly path: string;
  /** When the newest part of the database was written. */
  readonly modifiedMs: number;
}

/**
 * A copy of a database in a directory of its own below `scratchDir`, since reading one with a write-ahead log means writing beside it,
 * and the original may be mounted read-only. Gone when disposed.
 */
export async function snapshotSqlite(file: string, scratchDir: string): Promise<SqliteSnapshot | ImportFault> {
  let directory: string;
  try {
    directory = await mkdtemp(join(scratchDir, 'import-'));
  } catch (error) {
    return unreadable(file, `it cannot be copied (${(error as Error).message}); free or repair the directory`);
  }
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const path = join(directory, basename(file));
  const copied = await copyUnchanged(file, path).catch((error: unknown) => fileFault(file, error));
  if (typeof copied === 'number') return { kind: 'snapshot', path, modifiedMs: copied, [Symbol.asyncDispose]: remove };
  await remove();
  return copied;
}

/** Copies until nothing has changed on the way; resolves with when the original was written. Rejects on I/O errors. */
async function copyUnchanged(file: string, path: string): Promise<number | ImportFault> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = await partsOf(file);
    const fault = oddityOf(file, before[0]!);
    if (fault !== null) return fault;
    for (const part of PARTS) await copyPart(file + part, path + part);
    if (isSame(before, await partsOf(file))) return Math.max(...before.map((part) => Number(part?.mtimeNs ?? 0n) / 1e6));
  }
  return unreadable(file, 'it is being written to; stop the other agent before its positions are taken over');
}

type Parts = readonly (BigIntStats | null)[];

/** In the order of PARTS, null where there is none. Rejects when the database itself is missing. */
async function partsOf(file: string): Promise<Parts> {
  const parts: (BigIntStats | null)[] = [];
  for (const part of PARTS) {
    const found = stat(file + part, { bigint: true });
    parts.push(await (part === '' ? found : found.catch(nullIfMissing)));
  }
  return parts;
}

async function copyPart(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  const copied = await copyFile(from, to).then(() => to, nullIfMissing);
  if (copied !== null) await chmod(to, 0o600);
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code !== 'ENOENT') throw error;
  return null;
}

function isSame(before: Parts, after: Parts): boolean {
  return before.every((part, i) => part?.size === after[i]?.size && part?.mtimeNs === after[i]?.mtimeNs);
}
