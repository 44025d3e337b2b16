import { type CodePoints, codePoints, FIRST_BEYOND_ASCII, within } from './code-points.ts';
import { matchingCodePoints } from './matching-code-points.ts';

/** Beyond it no character has a case (Unicode 17: the last is in the block Adlam). */
const LAST_WITH_CASE = 0x1e943;
const CASE_BIT = 0x20;
/** What folds to a letter of ASCII from outside of it: the sign for kelvin, and the long s. */
const FOLDED: readonly (readonly [letter: string, point: number])[] = [
  ['k', 0x212a],
  ['s', 0x17f],
];

/** The set with all that differs from a member of it in case alone, by Unicode's simple folding, as Go's `(?i)` has it. */
export function foldCase(set: CodePoints): CodePoints {
  const beyond = within(set, FIRST_BEYOND_ASCII, LAST_WITH_CASE);
  return codePoints([...set, ...asciiFolds(set), ...(beyond.length === 0 ? [] : foldsBeyondAscii(set))]);
}

function asciiFolds(set: CodePoints): CodePoints {
  const folds: (readonly [number, number])[] = [];
  for (const [first, last] of ['AZ', 'az']) {
    for (const [from, to] of within(set, first!.charCodeAt(0), last!.charCodeAt(0))) folds.push([from ^ CASE_BIT, to ^ CASE_BIT]);
  }
  const letters = codePoints([...set, ...folds]);
  for (const [letter, point] of FOLDED) {
    if (within(letters, letter.charCodeAt(0), letter.charCodeAt(0)).length > 0) folds.push([point, point]);
  }
  return folds;
}

function foldsBeyondAscii(set: CodePoints): CodePoints {
  const members = set.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('');
  return matchingCodePoints(`[${members}]`, 'giu', LAST_WITH_CASE);
}
