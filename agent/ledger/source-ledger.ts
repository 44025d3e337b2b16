import type { Loss } from '../model/gap.ts';
import type { DropReason } from '../model/verdict.ts';
import type { LedgerTotals } from './ledger-totals.ts';

/**
 * The books of one source while it is open: every byte that was seen of its files is acknowledged, dropped, filtered, in flight or
 * unread. Each side is counted where it happens, by those who do it, so that the sum is a check of them all.
 */
export class SourceLedger {
  readonly #totals: LedgerTotals;
  seenBytes = 0;
  #inFlight = 0;
  /** Acknowledged, dropped or filtered. */
  #settled = 0;

  constructor(totals: LedgerTotals) {
    this.#totals = totals;
  }

  /** Bytes of files that came into sight; less than 0 for such as are out of sight again, unread. */
  saw(bytes: number): void {
    this.seenBytes += bytes;
    this.#totals.seenBytes += bytes;
  }

  /** Bytes that were in sight and were gone before they were read. */
  lost(loss: Loss): void {
    this.#settled += loss.bytes;
    this.#totals.lost(loss);
  }

  skipped(bytes: number): void {
    this.#settled += bytes;
    this.#totals.filteredBytes += bytes;
  }

  /** Bytes whose entry is in a batch now. */
  sent(bytes: number): void {
    this.#inFlight += bytes;
    this.#totals.inFlightBytes += bytes;
  }

  acked(bytes: number): void {
    this.#land(bytes);
    this.#totals.ackedBytes += bytes;
  }

  /** One entry was given up. */
  dropped(reason: DropReason, bytes: number): void {
    this.#land(bytes);
    this.#totals.droppedBytes[reason] += bytes;
    this.#totals.droppedEntries[reason] += 1;
  }

  /** Entries were given up that were in no batch. */
  givenUp(reason: DropReason, bytes: number, entries: number): void {
    this.#settled += bytes;
    this.#totals.droppedBytes[reason] += bytes;
    this.#totals.droppedEntries[reason] += entries;
  }

  #land(bytes: number): void {
    this.#inFlight -= bytes;
    this.#settled += bytes;
    this.#totals.inFlightBytes -= bytes;
  }

  /** By how many bytes the books do not balance; `held` of the source were read and are not in an entry yet. 0, unless there is a bug. */
  unbalanced(unread: number, held: number): number {
    return this.seenBytes - this.#settled - this.#inFlight - unread - held;
  }
}
