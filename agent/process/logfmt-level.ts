import type { Level } from '../model/level.ts';
import { byteClass } from '../shapes/byte-class.ts';
import { endOfQuoted } from './end-of-quoted.ts';
import { LEVEL_KEYS, LEVEL_WORDS } from './level-words.ts';

const QUOTE = 34;
const EQUALS = 61;
const SPACE = 32;
/** What ends a value that is not quoted; the commas and brackets are none of logfmt's, but of those that write something like it. */
const VALUE_END = byteClass(/[\0- ,;)\]}]/);

/** The level in a logfmt line, or in the `key=value` pairs of any other: of the first pair with a level's key and word. Null: there is none. */
export function logfmtLevel(bytes: Buffer, start: number, end: number): Level | null {
  let key = start;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte <= SPACE) key = at + 1;
    if (byte !== EQUALS) continue;
    const isQuoted = at + 1 < end && bytes[at + 1] === QUOTE;
    const value = isQuoted ? at + 2 : at + 1;
    const valueEnd = isQuoted ? endOfQuoted(bytes, value, end) : endOfPlain(bytes, value, end);
    if (LEVEL_KEYS.get(bytes, key, at) !== null) {
      const level = LEVEL_WORDS.get(bytes, value, valueEnd);
      if (level !== null) return level;
    }
    // What ends a value that is not quoted may begin the next key.
    at = isQuoted ? valueEnd : valueEnd - 1;
    key = valueEnd + 1;
  }
  return null;
}

function endOfPlain(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && VALUE_END[bytes[at]!] === 0) at += 1;
  return at;
}
