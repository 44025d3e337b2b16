import { type ByteClass, byteClass, isAt } from './byte-class.ts';

const BACKSLASH = 92;
const LETTER_U = 117;
/** Letters of JSON's escapes that stand for white space and the like; `\u` and four digits stand for any character. */
const SHORT = byteClass(/[bfnrt]/);
const HEX = byteClass(/[0-9A-Fa-f]/);

/**
 * Whether a word begins at `at`: what stands before is not of `word`, or it is the end of an escape, which JSON in the text has for a line
 * feed, and Go for `<`.
 */
export function beginsWord(line: Buffer, at: number, word: ByteClass): boolean {
  return !isAt(line, at - 1, word) || endsShort(line, at) || endsLong(line, at);
}

/** Where a run of letters and digits that begins at `start` does so without the rest of an escape, which must stay whole. */
export function behindEscape(line: Buffer, start: number): number {
  if (endsShort(line, start + 1)) return start + 1;
  for (let at = start + 1; at <= start + 5; at += 1) if (endsLong(line, at)) return at;
  return start;
}

/** Whether an escape of two characters ends before `at`. */
function endsShort(line: Buffer, at: number): boolean {
  return line[at - 2] === BACKSLASH && isAt(line, at - 1, SHORT);
}

/** The same for one of six. */
function endsLong(line: Buffer, at: number): boolean {
  if (line[at - 6] !== BACKSLASH || line[at - 5] !== LETTER_U) return false;
  for (let digit = at - 4; digit < at; digit += 1) if (!isAt(line, digit, HEX)) return false;
  return true;
}
