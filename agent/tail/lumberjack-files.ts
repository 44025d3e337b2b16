import { basename, dirname, extname, join } from 'node:path';
import type { FileSystem } from '../runtime/file-system.ts';
import { namesIn } from './rotated-files.ts';

/** UTC, `2006-01-02T15-04-05.000` (lumberjack v2.2.1 lumberjack.go, backupTimeFormat). */
const TIME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}$/;

/**
 * Rotated files of a log that the API server writes, `audit-<time>.log` beside `audit.log`, maybe with `.gz`. lumberjack compresses a file
 * into its final name and removes the source last, and begins anew where it has died in between: as long as the source is there, the
 * compressed file is not whole, or not needed.
 */
export function lumberjackFiles(livePath: string, fs: FileSystem): string[] {
  const directory = dirname(livePath);
  const extension = extname(livePath);
  const prefix = `${basename(livePath, extension)}-`;
  const names = new Set(namesIn(directory, fs));
  const found = [...names].flatMap((name) => {
    const plain = name.endsWith('.gz') ? name.slice(0, -'.gz'.length) : name;
    if (!plain.startsWith(prefix) || !plain.endsWith(extension) || (plain !== name && names.has(plain))) return [];
    const time = plain.slice(prefix.length, plain.length - extension.length);
    return TIME.test(time) ? [{ time, name }] : [];
  });
  return found.sort((a, b) => (a.time < b.time ? -1 : 1)).map(({ name }) => join(directory, name));
}
