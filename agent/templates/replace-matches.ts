import { byteTextOf, textOf } from '../patterns/byte-text.ts';
import type { Pattern, PatternMatch } from '../patterns/pattern.ts';
import { SearchBudget } from '../patterns/search-budget.ts';
import { FAILED, type Outcome } from './value.ts';

/** What stands in place of a match, in byte text. */
export type Replacement = (match: PatternMatch) => string;

/**
 * With every match of a pattern replaced, as Go's ReplaceAllString does it: from left to right, and not an empty one right behind another.
 * Fails where the result is longer than `maxBytes`, or there are so many matches in a long text that it would take long.
 */
export function replaceMatches(pattern: Pattern, text: string, replacement: Replacement, maxBytes: number): Outcome {
  const bytes = byteTextOf(text);
  let made = '';
  let copied = 0;
  const budget = new SearchBudget();
  for (let from = 0; from <= bytes.length; ) {
    if (pattern.literal === null && !budget.takes(bytes.length - from)) return FAILED;
    const match = pattern.exec(bytes, from);
    if (match === null) break;
    const { index } = match;
    const end = index + match[0]!.length;
    made += bytes.slice(copied, index);
    if (end > copied || index === 0) made += replacement(match);
    if (made.length > maxBytes) return FAILED;
    copied = end;
    from = end > from ? end : nextRune(bytes, from);
  }
  return textOf(made + bytes.slice(copied));
}

function nextRune(bytes: string, from: number): number {
  let at = from + 1;
  while ((bytes.charCodeAt(at) & 0xc0) === 0x80) at += 1;
  return at;
}

/** What Go's Expand makes of a replacement for each match: `$1` and `${name}` are groups, `$$` is a dollar. */
export function expanding(pattern: Pattern, template: string): Replacement {
  const pieces = [...byteTextOf(template).matchAll(/\$(?:\$|\{(\w+)\}|(\w+))|[^$]+|\$/g)].map(([piece, braced, bare]) => {
    const name = braced ?? bare;
    if (name === undefined) return piece === '$$' ? '$' : piece;
    return /^\d+$/.test(name) ? Number(name) : pattern.names.lastIndexOf(name) + 1 || Number.POSITIVE_INFINITY;
  });
  return (match) => pieces.map((piece) => (typeof piece === 'number' ? (match[piece] ?? '') : piece)).join('');
}
