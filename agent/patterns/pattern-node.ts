import type { CodePoints } from './code-points.ts';

/** A place that a pattern can ask for without taking a character. */
export type Place = 'text_begin' | 'text_end' | 'line_begin' | 'line_end' | 'word_boundary' | 'no_word_boundary';

/** What a pattern is made of. */
export type PatternNode =
  /** One character of a set. */
  | { readonly kind: 'character'; readonly set: CodePoints }
  | { readonly kind: 'place'; readonly place: Place }
  /** Captures; the first group is 1. */
  | { readonly kind: 'group'; readonly group: number; readonly body: PatternNode }
  /** One after another; nothing where there are no parts. */
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  /** The first of the branches that leads to a match. */
  | { readonly kind: 'choice'; readonly branches: readonly PatternNode[] }
  /** `most` is null without a limit; greedy takes as many as it can, else as few. */
  | {
      readonly kind: 'repeat';
      readonly body: PatternNode;
      readonly least: number;
      readonly most: number | null;
      readonly greedy: boolean;
    };

/** A pattern as it was written. */
export interface ParsedPattern {
  readonly root: PatternNode;
  /** Of group 1 and those behind it; null for one without a name. */
  readonly names: readonly (string | null)[];
}
