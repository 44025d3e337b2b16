import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const LF = 10;

/** The files of an audit log: the file itself, or of a directory those that the API server's rotation makes, oldest first. */
export async function auditLogFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => /^audit.*\.log(?:\.gz)?$/.test(name));
  // A time follows the dash of a rotated file, and the dash comes before the point of the live one.
  return names.sort().map((name) => join(path, name));
}

/**
 * The lines of a file without their LFs, one of them in memory at a time; what comes after the last LF is still being written. Rejects
 * when the file cannot be read, or is compressed and breaks off.
 */
export async function* auditLogLines(file: string): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  for await (const chunk of contentOf(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]).toString('utf8');
      pieces = [];
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
}

function contentOf(file: string): Readable {
  const source = createReadStream(file);
  // An error of either destroys the other, and comes out of the loop that reads.
  return file.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
}
