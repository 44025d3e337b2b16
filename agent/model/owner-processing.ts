import type { Level } from './level.ts';
import { type Shape, SHAPES } from './shape.ts';

/** What lines are, by the word of who prints them. */
export type LineFormat = 'json' | 'logfmt';

/** Numbers of people that owners may have replaced beside the shapes: they are found by patterns, and with them much that only looks alike. */
export const PERSONAL_NUMBERS = ['ssn', 'phone'] as const;
export type PersonalNumber = (typeof PERSONAL_NUMBERS)[number];

export type Redactable = Shape | PersonalNumber;
export const REDACTABLE: readonly Redactable[] = [...SHAPES, ...PERSONAL_NUMBERS];

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
  readonly redact: readonly Redactable[];
}
