import type { Origin } from '../deliver/origin.ts';
import type { SourceLedger } from '../ledger/source-ledger.ts';
import type { Gap } from '../model/gap.ts';
import type { DropReason } from '../model/verdict.ts';

export interface ClaimParts {
  readonly ledger: SourceLedger;
  readonly describe: Origin['describe'];
  /** Hears of each entry that is given up. */
  readonly gap: (gap: Gap) => void;
  /** What the source has in this batch need not be read again. */
  readonly settle: () => void;
}

/** What a source has in one open batch of one stream, from the first entry in it until the batch is settled. */
export class Claim implements Origin {
  readonly #parts: ClaimParts;
  #bytes = 0;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#parts.ledger.sent(bytes);
  }

  dropped(reason: DropReason, bytes: number): void {
    this.#bytes -= bytes;
    this.#parts.ledger.dropped(reason, bytes);
    this.#parts.gap({ reason, bytes, lines: 1 });
  }

  describe(from: number): ReturnType<Origin['describe']> {
    return this.#parts.describe(from);
  }

  /** All that was not dropped is stored. */
  settled(): void {
    this.#parts.ledger.acked(this.#bytes);
    this.#bytes = 0;
    this.#parts.settle();
  }
}
