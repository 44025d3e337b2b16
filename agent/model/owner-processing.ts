import type { Level } from './level.ts';
import type { Shape } from './shape.ts';

/** What lines are, by the word of who prints them. */
export type LineFormat = 'json' | 'logfmt';

/** What the owner of a pod wants to be done with the lines of one channel of a container. */
export interface OwnerProcessing {
  /** Null: nothing is said. */
  readonly format: LineFormat | null;
  /** Whether what colours a line on a terminal is taken out. */
  readonly decolorize: boolean;
  /** Levels whose lines are left out. */
  readonly dropLevels: readonly Level[];
  /** The share of the lines that is kept, above 0; 1: all. */
  readonly sampleRate: number;
  /** Whose the lines are to be; null: nothing is said. */
  readonly tenant: string | null;
  /** Texts that are replaced. */
  readonly redact: readonly Shape[];
}
