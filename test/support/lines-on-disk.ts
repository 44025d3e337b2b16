import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CriLines } from './cri-lines.ts';
import { type LinesBySource, logSourceOf } from './lines-by-source.ts';

/** Every line that stands in the log files of a node now, compressed ones included. Files may go meanwhile, but not be renamed. */
export function linesOnDisk(logDir: string): LinesBySource {
  const paths = globSync(join(logDir, 'pods/*/*/*.log*'));
  const complete = paths.filter(
    (path) => !path.endsWith('.tmp') && !(path.endsWith('.gz') && paths.includes(path.slice(0, -'.gz'.length))),
  );
  const chains = Map.groupBy(complete, logSourceOf);
  return new Map([...chains].map(([source, files]) => [source, linesOf(files)]));
}

/** Names of rotated files tell their age, and the live one has the shortest. */
function linesOf(files: readonly string[]): string[] {
  const [live, ...rotated] = files.toSorted();
  const cri = new CriLines();
  return [...rotated, live!].flatMap((file) => cri.feed(contentOf(file)));
}

function contentOf(file: string): Buffer {
  try {
    const bytes = readFileSync(file);
    return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
