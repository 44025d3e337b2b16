import type { Fault } from '../../agent/logql/fault.ts';
import type { FilteredLine } from '../../agent/logql/line-test.ts';
import type { TextPattern } from '../../agent/logql/text-pattern.ts';

/** A line in the middle of a chunk. */
export function lineOf(text: string | Buffer): FilteredLine {
  const bytes = Buffer.from(text);
  const buffer = Buffer.concat([Buffer.from('before'), bytes, Buffer.from('behind')]);
  const view = { buffer, start: 6, end: 6 + bytes.length };
  return { view, byteText: bytes.toString('latin1') };
}

/** JavaScript's own, of byte text: enough for patterns that mean the same to it as to RE2. */
export function compileForTest(source: string): TextPattern | Fault {
  try {
    return new RegExp(Buffer.from(source).toString('latin1'));
  } catch {
    return { fault: 'no pattern' };
  }
}
