import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Problem } from './problem.ts';

/** Bytes of a configuration file; a ConfigMap can not hold more. */
const MAX_FILE_BYTES = 1_048_576;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file, check the path',
  ENOTDIR: 'a part of the path is not a directory, check the path',
  EISDIR: 'it is a directory, name a file',
  EACCES: 'permission denied, check the mode and owner of the file and its directories',
  ELOOP: 'its symbolic links lead in a circle, check them',
};

/** The text of a configuration file, without a byte order mark, and a digest of it; a problem when it can not be read or is not UTF-8. */
export type ReadConfigFile =
  | { readonly ok: true; readonly text: string; readonly digest: string }
  | { readonly ok: false; readonly problem: Problem };

/** Reads a configuration file. Does not throw over anything about it. */
export async function readConfigFile(file: string): Promise<ReadConfigFile> {
  const bytes = await readBytes(file);
  if (typeof bytes === 'string') return { ok: false, problem: { file, place: null, key: '', message: bytes } };
  if (bytes.length > MAX_FILE_BYTES) {
    return { ok: false, problem: { file, place: null, key: '', message: `larger than ${MAX_FILE_BYTES} bytes, write less` } };
  }
  if (isUtf8(bytes)) return { ok: true, text: new TextDecoder().decode(bytes), digest: digestOf(bytes) };
  const message = 'holds bytes that are not UTF-8, save the file as UTF-8';
  return { ok: false, problem: { file, place: { line: invalidLine(bytes), column: 1 }, key: '', message } };
}

/** Tells one content from another; short enough for a label of a metric. */
function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

/** The content, cut somewhere above the limit; or why there is none. */
async function readBytes(file: string): Promise<Buffer | string> {
  try {
    await using handle = await open(file);
    // Not readFile: a device or a pipe may never end.
    const chunks: Buffer[] = [];
    for (let length = 0; length <= MAX_FILE_BYTES; ) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(65_536), 0, 65_536);
      if (bytesRead === 0) break;
      chunks.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return `can not be read: ${REASONS[String(error.code)] ?? error.message}`;
  }
}

/** Line of the first bytes that are not UTF-8: no character but LF itself holds the byte of LF. */
function invalidLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
