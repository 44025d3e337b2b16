import { type CodePoints, codePoints, others } from './code-points.ts';
import { foldCase } from './fold-case.ts';
import { POSIX_SETS } from './named-sets.ts';
import { orOthers, parseCharacterEscape, parseSetEscape } from './parse-escape.ts';
import type { PatternCursor } from './pattern-cursor.ts';
import { PatternFault } from './pattern-fault.ts';

const POSIX = /\[:(\^?)([^:\]]*):\]/y;

/** The set that the brackets name which are opened before the cursor, and whose end is passed. */
export function parseSet(cursor: PatternCursor, folds: boolean): CodePoints {
  const begin = cursor.at - 1;
  const isNegated = cursor.takes('^');
  const ranges: (readonly [number, number])[] = [];
  for (let isFirst = true; isFirst || !cursor.takes(']'); isFirst = false) {
    if (cursor.atEnd) throw new PatternFault(`${cursor.source.slice(begin)} has no closing ], write \\[ for a bracket`);
    ranges.push(...(parseNamed(cursor, folds) ?? parseRange(cursor, folds)));
  }
  const set = codePoints(ranges);
  return isNegated ? others(set) : set;
}

/** `[:alpha:]`, `\d`, `\pL`. */
function parseNamed(cursor: PatternCursor, folds: boolean): CodePoints | null {
  const posix = cursor.match(POSIX);
  if (posix === null) {
    if (!cursor.takes('\\')) return null;
    const set = parseSetEscape(cursor, folds);
    if (set === null) cursor.at -= 1;
    return set;
  }
  const set = POSIX_SETS.get(posix[2]!);
  if (set === undefined)
    throw new PatternFault(`${posix[0]} is not known, write one of ${[...POSIX_SETS.keys()].join(', ')} between the colons`);
  return orOthers(set, { folds, isNegated: posix[1] === '^' });
}

function parseRange(cursor: PatternCursor, folds: boolean): CodePoints {
  const begin = cursor.at;
  const from = parseCharacter(cursor);
  // A hyphen at the end stands for itself.
  const isRange = cursor.sees('-') && !cursor.sees('-]') && cursor.takes('-') && !cursor.atEnd;
  const to = isRange ? parseCharacter(cursor) : from;
  if (to >= from) return folds ? foldCase([[from, to]]) : [[from, to]];
  throw new PatternFault(`the range ${cursor.source.slice(begin, cursor.at)} goes backwards, write the smaller character first`);
}

function parseCharacter(cursor: PatternCursor): number {
  return cursor.takes('\\') ? parseCharacterEscape(cursor) : cursor.next().codePointAt(0)!;
}
