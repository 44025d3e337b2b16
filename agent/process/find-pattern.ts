import type { Pattern } from '../patterns/pattern.ts';
import { SearchBudget } from '../patterns/search-budget.ts';
import type { FindShape } from '../shapes/find-shape.ts';
import type { LineText } from './line-text.ts';

/**
 * Finds what a pattern matches that cannot match nothing. Where the search takes too long, all the rest of the line is a match, so that
 * nothing stays.
 */
export function findPattern(pattern: Pattern, texts: LineText): FindShape {
  const budget = new SearchBudget();
  return (line, from, match) => {
    if (from === 0) budget.begin();
    const text = texts.of(line);
    if (pattern.literal !== null || budget.takes(text.length - from)) {
      const found = pattern.exec(text, from);
      match.start = found?.index ?? 0;
      match.end = match.start + (found?.[0]?.length ?? 0);
      return found !== null;
    }
    match.start = from;
    match.end = text.length;
    return from < text.length;
  };
}
