import { FAILED, type Outcome, type Value } from './value.ts';

/** Of what type an argument has to be. */
export type Kind = 'text' | 'whole' | 'flag' | 'any';

/** A function of templates. */
export interface TemplateFunction {
  /** Of its arguments, in order. */
  readonly kinds: readonly Kind[];
  /** Of as many more as there are; absent: there are no more. */
  readonly rest?: Kind;
  /** What it makes of them: of the right number and types. `maxLength`: no text may become longer, in characters. */
  readonly apply: (args: readonly Value[], maxLength: number) => Outcome;
}

/** Whether an argument is of a type. */
export function isOfKind(value: Value, kind: Kind): boolean {
  if (kind === 'any') return true;
  if (kind === 'text') return typeof value === 'string';
  return kind === 'whole' ? typeof value === 'bigint' : typeof value === 'boolean';
}

/** A function of texts alone. */
export function ofTexts<Texts extends string[]>(count: Texts['length'], apply: (...texts: Texts) => Value): TemplateFunction {
  return { kinds: Array.from({ length: count }, () => 'text'), apply: (args) => apply(...(args as Texts)) };
}

/** Makes a text of a length that is known before it is made. */
export function bounded(length: number, maxLength: number, make: () => string): Outcome {
  return length > maxLength ? FAILED : make();
}
