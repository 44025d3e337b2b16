import type { MisconfiguredReason, RetryReason } from '../model/verdict.ts';
import type { DeadLetter } from './dead-letters.ts';

/** Hears what becomes of a lane's entries, for counters, logs and the dead-letter file. Never called for a line that is stored. */
export interface LaneObserver {
  stored(entries: number, bytes: number): void;
  /** Entries are stored or accounted for: positions have moved. */
  settled(): void;
  /** The same bytes are sent again, not before `delayMs`. */
  retrying(reason: RetryReason, detail: string, delayMs: number): void;
  misconfigured(reason: MisconfiguredReason, detail: string): void;
  /** Resolves when the entries, one at least, are written down, or cannot be. Rejects never. */
  refused(letters: readonly DeadLetter[]): Promise<void>;
}
