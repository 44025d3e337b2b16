import { copyCompact } from './copy-compact.ts';
import { decimal } from './decimal.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_N = 110;
const OPEN_OBJECT = 123;
const OPEN_ARRAY = 91;
const FIRST_BEYOND_ASCII = 128;

/**
 * The value that `bytes[start, end)` write in JSON, as text: what a string says, a number without an exponent, `true` or `false`, an
 * object or array as JSON without white space between its tokens. Null: `null`. Bytes that are no UTF-8 stand as U+FFFD, and so does half
 * a surrogate pair.
 */
export function jsonValue(bytes: Buffer, start: number, end: number): string | null {
  switch (bytes[start]) {
    case QUOTE:
      return stringValue(bytes, start, end);
    case OPEN_OBJECT:
    case OPEN_ARRAY:
      return compact(bytes, start, end);
    case LOWER_N:
      return null;
    default:
      return decimal(bytes.toString('latin1', start, end));
  }
}

function stringValue(bytes: Buffer, start: number, end: number): string {
  let isAscii = true;
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH) return (JSON.parse(bytes.toString('utf8', start, end)) as string).toWellFormed();
    if (byte >= FIRST_BEYOND_ASCII) isAscii = false;
  }
  return bytes.toString(isAscii ? 'latin1' : 'utf8', start + 1, end - 1);
}

function compact(bytes: Buffer, start: number, end: number): string {
  const copy = Buffer.allocUnsafe(end - start);
  return copy.toString('utf8', 0, copyCompact(bytes, [start, end], copy, 0));
}
