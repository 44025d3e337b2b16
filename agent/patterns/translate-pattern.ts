import { matchesNothing } from './matches-nothing.ts';
import { PatternFault } from './pattern-fault.ts';
import type { ParsedPattern, PatternNode, Place } from './pattern-node.ts';
import { anyBytesSource, utf8Source } from './utf8-source.ts';

/**
 * How many steps a pattern may have once its repeats are written out. The linear engine may be at each of them at once: then a byte of a line
 * costs it up to 20 us.
 */
const MOST_STEPS = 500;
/** Each way that is tried carries the places of all groups along. */
const STEPS_OF_GROUP = 4;

const PLACES: Readonly<Record<Place, string>> = {
  text_begin: '^',
  text_end: '$',
  // A line ends at CR as well here; that it ends at LF alone cannot be said without looking behind.
  line_begin: '(?m:^)',
  line_end: '(?m:$)',
  word_boundary: '\\b',
  no_word_boundary: '\\B',
};

type Repeat = PatternNode & { readonly kind: 'repeat' };

export interface Translated {
  /** A JavaScript expression over byte text, without counted repeats. */
  readonly source: string;
  /** The group of the pattern that each group of `source` is; a repeat that is written out has several for one. */
  readonly groups: readonly number[];
}

/** Writes a pattern in JavaScript's syntax, in what V8 can do in linear time. Throws `PatternFault` when it becomes too large. */
export function translatePattern(parsed: ParsedPattern): Translated {
  const translator = translatorFor(parsed);
  return { source: translator.write(parsed.root), groups: translator.groups };
}

/** Throws `PatternFault` when the pattern would become too large. */
export function translatorFor({ root }: ParsedPattern): Translator {
  const isStrict = hasPlace(root, 'no_word_boundary');
  const steps = stepsOf(root, isStrict);
  if (steps > MOST_STEPS) {
    throw new PatternFault(
      `has ${steps} steps with its repeats written out, write one of at most ${MOST_STEPS}: fewer counted repeats, or * and + for them`,
    );
  }
  return new Translator(isStrict);
}

/** Of nothing it is 1, so that repeats of nothing are bounded too. */
function stepsOf(node: PatternNode, isStrict: boolean): number {
  switch (node.kind) {
    case 'character':
      return utf8Source(node.set, isStrict).steps;
    case 'place':
      return 1;
    case 'group':
      return STEPS_OF_GROUP + stepsOf(node.body, isStrict);
    case 'sequence':
      return node.parts.reduce((sum, part) => sum + stepsOf(part, isStrict), node.parts.length === 0 ? 1 : 0);
    case 'choice':
      return node.branches.reduce((sum, branch) => sum + stepsOf(branch, isStrict), 0);
    default:
      return stepsOf(node.body, isStrict) * Math.max(node.most ?? node.least, 1);
  }
}

function hasPlace(node: PatternNode, place: Place): boolean {
  if (node.kind === 'place') return node.place === place;
  if (node.kind === 'sequence') return node.parts.some((part) => hasPlace(part, place));
  if (node.kind === 'choice') return node.branches.some((branch) => hasPlace(branch, place));
  return node.kind !== 'character' && hasPlace(node.body, place);
}

/** Writes nodes of a pattern one by one; groups are numbered as they come. */
export class Translator {
  readonly groups: number[] = [];
  /** `\B` is true between the bytes of a character, so there characters must be told apart everywhere. */
  readonly #isStrict: boolean;

  constructor(isStrict: boolean) {
    this.#isStrict = isStrict;
  }

  write(node: PatternNode): string {
    switch (node.kind) {
      case 'character':
        return utf8Source(node.set, this.#isStrict).source;
      case 'place':
        return PLACES[node.place];
      case 'group':
        this.groups.push(node.group);
        return `(${this.write(node.body)})`;
      case 'sequence':
        return node.parts.map((part) => this.apart(part)).join('');
      case 'choice':
        return node.branches.map((branch) => this.write(branch)).join('|');
      default:
        return this.#repeat(node);
    }
  }

  /** In parentheses where what stands beside it would belong to it otherwise. */
  apart(node: PatternNode): string {
    const source = this.write(node);
    return node.kind === 'choice' ? `(?:${source})` : source;
  }

  #repeat({ body, least, most, greedy }: Repeat): string {
    const lazy = greedy ? '' : '?';
    if (most === null && least === 0 && matchesNothing(body)) return this.#optional(`${this.#atom(body)}+${lazy}`, greedy);
    if (most === null) return this.#endless(body, least, lazy);
    const before = this.#times(body, least);
    const optional = most - least;
    if (!matchesNothing(body)) return before + this.#times(body, optional, '(?:') + `)?${lazy}`.repeat(optional);
    const opening = greedy ? '(?:' : '(?:|';
    return before + this.#times(body, optional, opening) + (greedy ? '|)' : ')').repeat(optional);
  }

  /** Once or not at all, where JavaScript's `?` would take a match of nothing for none, and forget its groups. */
  #optional(source: string, greedy: boolean): string {
    return greedy ? `(?:${source}|)` : `(?:|${source})`;
  }

  #endless(body: PatternNode, least: number, lazy: string): string {
    const bytes = body.kind === 'character' && !this.#isStrict ? anyBytesSource(body.set) : null;
    if (bytes !== null) {
      // As few as possible is one whole character, not one byte of it.
      if (least === 1 && lazy === '') return `${bytes}+`;
      return `${this.#times(body, least)}${bytes}*${lazy}`;
    }
    const before = this.#times(body, Math.max(least - 1, 0));
    return `${before}${this.#atom(body)}${least === 0 ? '*' : '+'}${lazy}`;
  }

  /** As often as said; each time has groups of its own. */
  #times(body: PatternNode, count: number, opening = ''): string {
    if (count === 0) return '';
    const before = this.groups.length;
    const source = opening + this.apart(body);
    const groups = this.groups.slice(before);
    for (let time = 1; time < count; time += 1) this.groups.push(...groups);
    return source.repeat(count);
  }

  /** What a sign behind it repeats as a whole. */
  #atom(body: PatternNode): string {
    if (body.kind === 'group') return this.write(body);
    if (body.kind === 'character' && utf8Source(body.set, this.#isStrict).isClass) return this.write(body);
    return `(?:${this.write(body)})`;
  }
}
