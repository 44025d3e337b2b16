import type { Language } from './language.ts';

/** What the owner of a pod says of which lines are one record: traces of these languages, or what a pattern means, as Filebeat joins it. */
export type OwnerLines =
  | { readonly languages: readonly Language[] }
  | { readonly pattern: string; readonly negate: boolean; readonly match: 'after' | 'before' };

/** How the owner of a pod wants the lines of a container joined. */
export interface OwnerMultiline {
  readonly lines: OwnerLines;
  readonly maxWaitSeconds: number;
  readonly maxLines: number;
}
