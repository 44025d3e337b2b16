import type { Level } from '../model/level.ts';
import { byteClass } from '../shapes/byte-class.ts';
import { LEVEL_WORDS } from './level-words.ts';

/** A level stands at the head of a line, behind a time and a name or two; further on the word is part of what is said. */
const HEAD_BYTES = 256;
const LETTER = byteClass(/[A-Za-z]/);
/** What may stand before and behind a word that is a level. */
const BEFORE = byteClass(/[\0- "'(:<[{|]/);
const BEHIND = byteClass(/[\0- "'),:>\]}|]/);
const COLON = 58;
const ESCAPE = 27;
const OPENING_BRACKET = 91;
const LETTER_M = 109;
/** Opening bracket to closing one. */
const BRACKETS: Readonly<Record<number, number>> = { 0x28: 0x29, 0x3c: 0x3e, 0x5b: 0x5d, 0x7b: 0x7d };

/**
 * The level that the head of a plain line names as a word of its own: the first that is in capitals (` ERROR `), in brackets (`[error]`,
 * `<error>`) or begins something (`error: `). Colours of a terminal do not count as text. Null: there is none.
 */
export function wordLevel(bytes: Buffer, start: number, end: number): Level | null {
  const head = Math.min(end, start + HEAD_BYTES);
  let before = 0;
  for (let at = start; at < head; ) {
    const byte = bytes[at]!;
    if (LETTER[byte] === 0) {
      at = byte === ESCAPE ? behindColour(bytes, at, head) : at + 1;
      before = byte;
      continue;
    }
    const wordEnd = endOfWord(bytes, at, head);
    const behind = wordEnd < end ? bytes[wordEnd]! : 0;
    if (BEFORE[before] === 1 && BEHIND[behind] === 1) {
      const level = LEVEL_WORDS.get(bytes, at, wordEnd);
      if (level !== null && (isMarked(before, behind) || isCapital(bytes, at, wordEnd))) return level;
    }
    at = wordEnd;
    before = bytes[wordEnd - 1]!;
  }
  return null;
}

/** By what stands around it, a word is more than a part of a sentence. */
function isMarked(before: number, behind: number): boolean {
  return behind === COLON || BRACKETS[before] === behind;
}

function isCapital(bytes: Buffer, word: number, wordEnd: number): boolean {
  for (let at = word; at < wordEnd; at += 1) if (bytes[at]! > 90) return false;
  return true;
}

function endOfWord(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && LETTER[bytes[at]!] === 1) at += 1;
  return at;
}

/** The place behind a colour's escape sequence, ESC [ digits and semicolons m; behind the ESC alone where it is none. */
function behindColour(bytes: Buffer, escape: number, end: number): number {
  let at = escape + 1;
  if (at >= end || bytes[at] !== OPENING_BRACKET) return at;
  do at += 1;
  while (at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x3b);
  return at < end && bytes[at] === LETTER_M ? at + 1 : escape + 1;
}
