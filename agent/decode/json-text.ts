import type { RecordView } from '../model/record.ts';

const LF = 10;
const QUOTE = 34;
const BACKSLASH = 92;
const LOWER_U = 117;
const REPLACEMENT = 0xfffd;

/** What an escape of two characters stands for, by its second one; -1 when there is no such escape. */
function shortEscape(letter: number | undefined): number {
  switch (letter) {
    case QUOTE:
    case BACKSLASH:
    case 47: // slash
      return letter;
    case 98: // b
      return 8;
    case 102: // f
      return 12;
    case 110: // n
      return LF;
    case 114: // r
      return 13;
    case 116: // t
      return 9;
    default:
      return -1;
  }
}

/** The UTF-16 unit of the escape `\uXXXX` at `at`; -1 when there is none. */
function utf16Unit(b: Buffer, at: number): number {
  if (b[at] !== BACKSLASH || b[at + 1] !== LOWER_U) return -1;
  let unit = 0;
  for (let i = at + 2; i < at + 6; i += 1) {
    const byte = b[i]!;
    const letter = (byte | 32) - 97;
    if (byte >= 48 && byte <= 57) unit = unit * 16 + byte - 48;
    else if (letter >= 0 && letter <= 5) unit = unit * 16 + letter + 10;
    else return -1;
  }
  return unit;
}

/** The code point of the escape at `at`, U+FFFD for half a surrogate pair; -1 when it is none. */
function escapedPoint(b: Buffer, at: number): number {
  if (b[at + 1] !== LOWER_U) return shortEscape(b[at + 1]);
  const unit = utf16Unit(b, at);
  if (unit < 0xd800 || unit > 0xdfff) return unit;
  const low = unit < 0xdc00 ? utf16Unit(b, at + 6) : -1;
  return low >= 0xdc00 && low <= 0xdfff ? 0x10000 + (unit - 0xd800) * 0x400 + low - 0xdc00 : REPLACEMENT;
}

function escapeLength(b: Buffer, at: number, point: number): number {
  if (b[at + 1] !== LOWER_U) return 2;
  return point > 0xffff ? 12 : 6;
}

function utf8Length(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}

function putUtf8(target: Buffer, at: number, point: number): void {
  if (point < 0x80) {
    target[at] = point;
    return;
  }
  const length = utf8Length(point);
  for (let i = length - 1, rest = point; i > 0; i -= 1, rest >>= 6) target[at + i] = 0x80 | (rest & 0x3f);
  target[at] = ((0xf00 >> length) & 0xff) | (point >> (6 * (length - 1)));
}

/**
 * The view's content begins with the escaped text of a JSON string; it becomes what the text stands for, without a final LF, whose
 * absence makes it partial. Bytes that are not escaped stand for themselves, valid UTF-8 or not. Returns where it stopped: at the
 * quote that ends the text, before more than `limit` bytes, at what is no escape, or at the end of the content.
 */
export function unescape(view: RecordView, limit: number): number {
  const { buffer: b, start, end } = view;
  const target = Buffer.allocUnsafe(Math.min(end - start, limit + 1));
  let length = 0;
  let ends = false;
  let i = start;
  while (i < end) {
    const byte = b[i]!;
    if (byte !== BACKSLASH) {
      if (byte === QUOTE || length === limit) break;
      target[length] = byte;
      length += 1;
      i += 1;
      continue;
    }
    const point = escapedPoint(b, i);
    const after = i + escapeLength(b, i, point);
    ends = point === LF && b[after] === QUOTE;
    if (point === -1 || (length + utf8Length(point) > limit && !ends)) break;
    putUtf8(target, length, point);
    length += utf8Length(point);
    i = after;
  }
  view.buffer = target;
  view.start = 0;
  view.end = ends ? length - 1 : length;
  view.partial = !ends;
  return i;
}
