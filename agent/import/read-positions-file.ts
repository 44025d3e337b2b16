import type { BigIntStats, Stats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { ImportFault } from './foreign-positions.ts';

/** Far more than positions of a node take; a log that is named by mistake is larger. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface PositionsText {
  readonly kind: 'text';
  readonly text: string;
  readonly modifiedMs: number;
}

/** A file that an agent replaces as a whole, so that it is never seen half written. */
export async function readPositionsFile(file: string): Promise<PositionsText | ImportFault> {
  try {
    const stats = await stat(file);
    const fault = oddityOf(file, stats);
    return fault ?? { kind: 'text', text: await readFile(file, 'utf8'), modifiedMs: stats.mtimeMs };
  } catch (error) {
    return fileFault(file, error);
  }
}

/** What keeps it from being a file of positions, by its looks. */
export function oddityOf(file: string, stats: Stats | BigIntStats): ImportFault | null {
  if (!stats.isFile()) return malformed(file, 'it is not a regular file; name the file itself, not its directory');
  if (stats.size > MAX_BYTES) return malformed(file, `it has ${stats.size} bytes, which no file of positions has; name another`);
  return null;
}

/** Throws what no file system has said. */
export function fileFault(file: string, error: unknown): ImportFault {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const advice = 'mount the directory that it lies in, or remove the key once the other agent is gone';
    return { kind: 'fault', file, reason: 'missing', message: `there is no such file; ${advice}` };
  }
  return unreadable(file, `it cannot be read (${message}); check its owner, mode and mount`);
}

export function unreadable(file: string, message: string): ImportFault {
  return { kind: 'fault', file, reason: 'unreadable', message };
}

export function malformed(file: string, message: string): ImportFault {
  return { kind: 'fault', file, reason: 'malformed', message };
}
