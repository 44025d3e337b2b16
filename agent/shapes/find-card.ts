import { byteClass, isAt, WORD } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { RunFinder } from './run-finder.ts';
import { beginsWord } from './word-start.ts';

const LEAST_DIGITS = 13;
const MOST_DIGITS = 19;
const DIGIT = byteClass(/[0-9]/);
/** First digits of the networks that issue cards to people (ISO/IEC 7812); times in ms, µs and ns begin with a 1 until 2033. */
const FIRST = byteClass(/[2-6]/);
const WORD_OR_DOT = byteClass(/[\w.]/);
const DOT = 46;
const DIGITS = byteClass(/[0-9 -]/);
const RUNS = new RunFinder(DIGITS, LEAST_DIGITS);

/** 13 to 19 digits with at most a space or a hyphen between two, no part of a longer word or number, whose check digit is right. */
export function findCard(line: Buffer, from: number, match: Match): boolean {
  for (let at = RUNS.next(line, from); at !== -1; at = RUNS.next(line, at)) {
    for (; isAt(line, at, DIGITS); at += 1) {
      const end = isAt(line, at, FIRST) && beginsWord(line, at, WORD_OR_DOT) ? endOfCard(line, at) : -1;
      if (end === -1) continue;
      match.start = at;
      match.end = end;
      return true;
    }
  }
  return false;
}

/** The end of the longest card number that begins at `first`, -1 when none does. Looks at no more than 38 bytes. */
function endOfCard(line: Buffer, first: number): number {
  let end = -1;
  /** Luhn's sum doubles every second digit from the right, whose parity is known at the end only. */
  const sums = [0, 0];
  let digits = 0;
  for (let at = first; digits < MOST_DIGITS; at += 1) {
    const digit = line[at]! - 0x30;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    sums[digits % 2]! += digit;
    sums[1 - (digits % 2)]! += doubled;
    digits += 1;
    if (isAt(line, at + 1, DIGIT)) continue;
    if (digits >= LEAST_DIGITS && sums[(digits - 1) % 2]! % 10 === 0 && endsNumber(line, at + 1)) end = at + 1;
    if (!isSeparator(line[at + 1]) || !isAt(line, at + 2, DIGIT)) return end;
    at += 1;
  }
  return end;
}

function isSeparator(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x2d;
}

function endsNumber(line: Buffer, at: number): boolean {
  return !isAt(line, at, WORD) && !(line[at] === DOT && isAt(line, at + 1, DIGIT));
}
