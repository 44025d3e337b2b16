import { byteClass, isAt, WORD } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { RunFinder } from './run-finder.ts';
import { beginsWord, behindEscape } from './word-start.ts';

const DOT = 46;
const ZERO = 48;
const SHORTEST = '0.0.0.0'.length;
const DIGIT = byteClass(/[0-9]/);
const WORD_OR_DOT = byteClass(/[\w.]/);
const RUNS = new RunFinder(byteClass(/[0-9.]/), SHORTEST);

/** Four numbers up to 255 with dots between, no part of a longer word or number, as versions with five numbers are. */
export function findIpv4(line: Buffer, from: number, match: Match): boolean {
  for (let run = RUNS.next(line, from); run !== -1; run = RUNS.next(line, RUNS.endOf(line, run))) {
    const start = behindEscape(line, run);
    const end = beginsWord(line, start, WORD_OR_DOT) ? endOfIpv4(line, start, line.length) : -1;
    if (end === -1 || isAt(line, end, WORD) || (line[end] === DOT && isAt(line, end + 1, DIGIT))) continue;
    match.start = start;
    match.end = end;
    return true;
  }
  return false;
}

/** The end of the four numbers that begin at `start`, -1 when there are not four. */
export function endOfIpv4(line: Buffer, start: number, end: number): number {
  let at = start;
  for (let octet = 1; ; octet += 1, at += 1) {
    const first = at;
    let value = 0;
    while (at < end && at - first < 3 && isAt(line, at, DIGIT)) {
      value = value * 10 + line[at]! - ZERO;
      at += 1;
    }
    if (at === first || value > 255) return -1;
    if (octet === 4) return at;
    if (at >= end || line[at] !== DOT) return -1;
  }
}
