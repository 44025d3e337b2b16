import assert from 'node:assert';

/** What was made of a text that the configuration's schema, or a reader of annotations, has found sound before. */
export function sound<M extends object>(made: M): Exclude<M, { readonly fault: string }> {
  assert(!('fault' in made), 'a text is checked before it is used');
  return made as Exclude<M, { readonly fault: string }>;
}
