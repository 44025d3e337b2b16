import { byteClass, isAt, skip } from './byte-class.ts';
import type { Match } from './find-shape.ts';

const CAPITAL_J = 74;
const LETTER_Y = 121;
const LETTER_E = 101;
const DOT = 46;
const BASE64URL = byteClass(/[A-Za-z0-9_-]/);
/** A signed token has two dots, an encrypted one four (RFC 7515 and 7516, compact serialization). */
const MOST_DOTS = 4;

/** `eyJ[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*){2,4}`: `eyJ` is how the base64 of `{"` begins. */
export function findJwt(line: Buffer, from: number, match: Match): boolean {
  for (let at = line.indexOf(CAPITAL_J, from); at !== -1; at = line.indexOf(CAPITAL_J, at)) {
    const start = at - 2;
    at += 1;
    if (start < from || line[start] !== LETTER_E || line[start + 1] !== LETTER_Y || !isAt(line, at, BASE64URL)) continue;
    // Where one fails for want of dots, so does every other that begins before.
    at = skip(line, at, BASE64URL);
    if (line[at] !== DOT) continue;
    at = skip(line, at + 1, BASE64URL);
    if (line[at] !== DOT) continue;
    match.start = start;
    for (let dots = 1; dots < MOST_DOTS && line[at] === DOT; dots += 1) at = skip(line, at + 1, BASE64URL);
    match.end = at;
    return true;
  }
  return false;
}
