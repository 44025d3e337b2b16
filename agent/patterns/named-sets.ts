import { type CodePoints, codePoints, LAST_CODE_POINT } from './code-points.ts';
import { matchingCodePoints } from './matching-code-points.ts';
import { PatternFault } from './pattern-fault.ts';

/** Ranges of ASCII, two characters for each. */
function ascii(ranges: string): CodePoints {
  const pairs: [number, number][] = [];
  for (let at = 0; at < ranges.length; at += 2) pairs.push([ranges.charCodeAt(at), ranges.charCodeAt(at + 1)]);
  return codePoints(pairs);
}

const DIGIT = ascii('09');
const WORD = ascii('09AZaz__');

/** Go's `\d`, `\s` and `\w` are of ASCII, and `\s` is without the vertical tab (regexp/syntax, perl_groups.go). */
export const PERL_SETS: ReadonlyMap<string, CodePoints> = new Map([
  ['d', DIGIT],
  ['s', ascii('\t\n\f\r  ')],
  ['w', WORD],
]);

/** The names within `[[:...:]]`. */
export const POSIX_SETS: ReadonlyMap<string, CodePoints> = new Map([
  ['alnum', ascii('09AZaz')],
  ['alpha', ascii('AZaz')],
  ['ascii', ascii('\0\x7f')],
  ['blank', ascii('\t\t  ')],
  ['cntrl', ascii('\0\x1f\x7f\x7f')],
  ['digit', DIGIT],
  ['graph', ascii('!~')],
  ['lower', ascii('az')],
  ['print', ascii(' ~')],
  ['punct', ascii('!/:@[`{~')],
  ['space', ascii('\t\r  ')],
  ['upper', ascii('AZ')],
  ['word', WORD],
  ['xdigit', ascii('09AFaf')],
]);

/** The set that `\p{name}` names: a general category or a script of Unicode. */
export function unicodeSet(name: string): CodePoints {
  if (name === 'Any') return [[0, LAST_CODE_POINT]];
  const property = name.length <= 2 ? `General_Category=${name}` : `Script=${name}`;
  try {
    return matchingCodePoints(`\\p{${property}}`, 'gu');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new PatternFault(`\\p{${name}} names no category and no script of Unicode, write one like \\pL, \\p{Lu} or \\p{Greek}`);
  }
}
