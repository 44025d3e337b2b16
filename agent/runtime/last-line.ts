import type { FileHandle } from 'node:fs/promises';

const LF = 10;
const LOOK_BACK_BYTES = 65536;

/** Where the line after the last LF begins. That LF is nearly always the last byte, so one byte is looked at first. */
export async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  let start = size;
  while (start > 0) {
    const end = start;
    start = Math.max(0, start - (end === size ? 1 : LOOK_BACK_BYTES));
    const found = (await readRange(file, start, end)).lastIndexOf(LF);
    if (found >= 0) return start + found + 1;
  }
  return 0;
}

/** Bytes of a file from `start` to `end`; fewer when it ends before. */
export async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
  return buffer.subarray(0, bytesRead);
}
