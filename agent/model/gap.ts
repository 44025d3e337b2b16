import type { DropReason } from './verdict.ts';

/** Why bytes of a log were never read. */
export const LOSS_REASONS = ['deleted_unread', 'truncated', 'held_too_long', 'damaged', 'unreadable'] as const;
export type LossReason = (typeof LOSS_REASONS)[number];

/** Something of a source that will not be in the store. */
export interface Gap {
  readonly reason: LossReason | DropReason;
  /** Bytes of the source; of files that nobody can look at any more, what was last seen of them. */
  readonly bytes: number;
  /** Entries, where they were counted. */
  readonly lines: number | null;
}

/** Bytes that were gone before they were read: how many entries they would have been, nobody knows. */
export interface Loss extends Gap {
  readonly reason: LossReason;
  readonly lines: null;
}

export function loss(reason: LossReason, bytes: number): Loss {
  return { reason, bytes, lines: null };
}
