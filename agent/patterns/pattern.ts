import { compilesFast } from './count-skips.ts';
import { createEngines, engineFor, type Engines } from './linear-engine.ts';
import { matchesNothing } from './matches-nothing.ts';
import { parsePattern } from './parse-pattern.ts';
import { PatternFault } from './pattern-fault.ts';
import type { PatternNode } from './pattern-node.ts';
import { translatePattern } from './translate-pattern.ts';

/** What a match took: of the whole pattern, and behind that of each group, undefined for one that took no part; and where it begins. */
export type PatternMatch = readonly (string | undefined)[] & { readonly index: number };

/**
 * A pattern of Go's regexp, ready to be matched with byte text, which has one character a byte, U+0000 to U+00FF. No match takes longer than
 * in proportion to the text, whatever the pattern and the text are; how, ARCHITECTURE.md says under "Patterns of others".
 */
export class Pattern {
  /** Of group 1 and those behind it; null for one without a name. */
  readonly names: readonly (string | null)[];
  /** The bytes to search for where the pattern is a plain text; null where it is not, or empty. */
  readonly literal: Buffer | null;
  /** Whether it may match without taking a character. */
  readonly matchesNothing: boolean;
  readonly #engines: Engines;
  readonly #groups: readonly number[];
  readonly #isPlain: boolean;

  constructor(source: string) {
    const parsed = parsePattern(source);
    const { source: expression, groups } = translatePattern(parsed);
    this.names = parsed.names;
    this.literal = literalOf(parsed.root);
    this.matchesNothing = matchesNothing(parsed.root);
    this.#engines = createEngines(expression, compilesFast(parsed.root));
    this.#groups = groups;
    this.#isPlain = groups.length === parsed.names.length && groups.every((group, index) => group === index + 1);
  }

  /** Whether the pattern matches anywhere in a byte text. */
  test(byteText: string): boolean {
    const expression = engineFor(byteText, this.#engines);
    expression.lastIndex = 0;
    return expression.test(byteText);
  }

  /** The first match that begins at `from` or behind it; what is before counts for `^` and `\b` only. */
  exec(byteText: string, from = 0): PatternMatch | null {
    const expression = engineFor(byteText, this.#engines);
    expression.lastIndex = from;
    const match = expression.exec(byteText);
    return match === null || this.#isPlain ? match : this.#inGroups(match);
  }

  /** Of a group in a repeat that was written out, the last one that took part. */
  #inGroups(match: RegExpExecArray): PatternMatch {
    const groups: (string | undefined)[] = [match[0], ...this.names.map(() => undefined)];
    for (const [index, group] of this.#groups.entries()) groups[group] = match[index + 1] ?? groups[group];
    return Object.assign(groups, { index: match.index });
  }
}

/** What a pattern that an operator wrote becomes; `fault` says what is wrong with it and what to write instead. */
export function compilePattern(source: string): Pattern | { readonly fault: string } {
  try {
    return new Pattern(source);
  } catch (error) {
    if (error instanceof PatternFault) return { fault: error.message };
    throw error;
  }
}

function literalOf(root: PatternNode): Buffer | null {
  const parts = root.kind === 'sequence' ? root.parts : [root];
  let text = '';
  for (const part of parts) {
    const point = part.kind === 'character' ? onlyOne(part.set) : null;
    if (point === null) return null;
    text += String.fromCodePoint(point);
  }
  return text === '' ? null : Buffer.from(text);
}

function onlyOne(set: readonly (readonly [number, number])[]): number | null {
  const [range] = set;
  return set.length === 1 && range![0] === range![1] && range![0] !== 0xfffd ? range![0] : null;
}
