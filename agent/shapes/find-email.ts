import { byteClass, isAt } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { behindEscape } from './word-start.ts';

const AT = 64;
const DOT = 46;
const LOCAL = byteClass(/[A-Za-z0-9._%+-]/);
const LABEL = byteClass(/[A-Za-z0-9-]/);
const LETTER = byteClass(/[A-Za-z]/);

/** `[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]*`: not `lodash@4.17.21`, not `root@host`. */
export function findEmail(line: Buffer, from: number, match: Match): boolean {
  for (let at = line.indexOf(AT, from); at !== -1; at = line.indexOf(AT, at + 1)) {
    let start = at;
    while (start > from && isAt(line, start - 1, LOCAL)) start -= 1;
    start = behindEscape(line, start);
    const end = start >= at ? -1 : endOfDomain(line, at + 1);
    if (end === -1) continue;
    match.start = start;
    match.end = end;
    return true;
  }
  return false;
}

/** The end of the last label that begins with a letter, of two at least; -1 when there is none. */
function endOfDomain(line: Buffer, from: number): number {
  let end = -1;
  for (let label = from, at = from; ; at += 1, label = at) {
    while (isAt(line, at, LABEL)) at += 1;
    if (label > from && isAt(line, label, LETTER)) end = at;
    if (at === label || line[at] !== DOT) return end;
  }
}
