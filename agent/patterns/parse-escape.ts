import { type CodePoints, LAST_CODE_POINT, others } from './code-points.ts';
import { foldCase } from './fold-case.ts';
import { PERL_SETS, unicodeSet } from './named-sets.ts';
import type { PatternCursor } from './pattern-cursor.ts';
import { PatternFault } from './pattern-fault.ts';

const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const OCTAL = /0[0-7]{0,2}|[1-7][0-7]{1,2}/y;
const HEX = /x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/y;
const PERL = /[dswDSW]/y;
const PROPERTY = /[pP](?:\{(\^?)(\w+)\}|(\w))/y;
const PUNCTUATION = /^[\0-/:-@[-`{-\x7f]$/;

/** The set that the escape behind a backslash names, `\d` or `\pL`; null, and nothing is passed, where it names none. */
export function parseSetEscape(cursor: PatternCursor, folds: boolean): CodePoints | null {
  const isNegated = /[DSWP]/.test(cursor.source[cursor.at] ?? '');
  const perl = cursor.match(PERL);
  const property = perl === null ? cursor.match(PROPERTY) : null;
  if (perl !== null) return orOthers(PERL_SETS.get(perl[0].toLowerCase())!, { folds, isNegated });
  if (property === null) return null;
  const [, hat = '', long, short] = property;
  return orOthers(unicodeSet(long ?? short!), { folds, isNegated: isNegated !== (hat === '^') });
}

/** A named set as its flags want it: with what differs in case alone, and only then turned into what is not in it. */
export function orOthers(set: CodePoints, { folds, isNegated }: { readonly folds: boolean; readonly isNegated: boolean }): CodePoints {
  const folded = folds ? foldCase(set) : set;
  return isNegated ? others(folded) : folded;
}

/** The code point that the escape behind a backslash stands for. */
export function parseCharacterEscape(cursor: PatternCursor): number {
  const octal = cursor.match(OCTAL);
  if (octal !== null) return Number.parseInt(octal[0], 8);
  const hex = cursor.match(HEX);
  if (hex !== null) return inUnicode(Number.parseInt(hex[1] ?? hex[2]!, 16));
  if (cursor.atEnd) throw new PatternFault('ends with a backslash, write \\\\ for one');
  const character = cursor.next();
  const control = CONTROLS[character];
  if (control !== undefined) return control;
  if (PUNCTUATION.test(character)) return character.charCodeAt(0);
  throw new PatternFault(adviceOn(character));
}

function inUnicode(point: number): number {
  if (point <= LAST_CODE_POINT) return point;
  throw new PatternFault(`\\x{${point.toString(16)}} is beyond Unicode, which ends at \\x{10ffff}`);
}

function adviceOn(character: string): string {
  if (/[1-9]/.test(character))
    return `\\${character} refers to a group, which cannot be done in linear time; write out what shall be there`;
  if (/[dswpDSWP]/.test(character)) return `\\${character} is a set where a character must stand, as at the end of a range`;
  if (character === 'Z') return '\\Z is not known, write $ or \\z';
  return `\\${character} is not known; write \\\\ for a backslash`;
}
