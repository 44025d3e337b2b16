import type { Outcome, Value } from './value.ts';

/** What a template is worked out with. */
export interface Scope {
  /** By the index of their field; null: there is none. */
  values: readonly (string | null)[];
  /** By slot, what the template has put aside. */
  readonly variables: Value[];
  /** No text may become longer, in characters. */
  maxLength: number;
  /** What is made so far. */
  text: string;
}

/** A piece of a template that has a value. */
export interface Expression {
  readonly evaluate: (scope: Scope) => Outcome;
  /** Its value, where that is the same each time. */
  readonly constant?: Value;
  /** It stands for all values together, of which there is no text. */
  readonly isAll?: true;
}

/** A piece of a template that adds to the text; false when the template fails there. */
export type Emit = (scope: Scope) => boolean;

export function constant(value: Value): Expression {
  return { evaluate: () => value, constant: value };
}
