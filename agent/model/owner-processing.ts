import type { Level } from './level.ts';
import type { Shape } from './shape.ts';

/** What lines are, by the word of who prints them. */
export type LineFormat = 'json' | 'logfmt';

/** What the owner of a pod wants to be done with the lines of one channel of a container. */
export interface OwnerProcessing {
  readonly format: LineFormat | null;
  /** Levels whose lines are left out. */
  readonly dropLevels: readonly Level[];
  /** Texts that are replaced. */
  readonly redact: readonly Shape[];
}
