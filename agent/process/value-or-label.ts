import type { Entry } from './entry.ts';

/** Where a stage finds what either was extracted or is a label. */
export interface ValueOrLabel {
  /** Slot of the extracted value. */
  readonly source: number;
  /** Slot of the label; null: there never is one. */
  readonly label: number | null;
}

/** What was extracted, else what the label says; null: neither. */
export function valueOrLabel({ extracted, labels }: Entry, { source, label }: ValueOrLabel): string | null {
  return extracted[source] ?? (label === null ? null : labels[label]!);
}
