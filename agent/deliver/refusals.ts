import type { DropReason } from '../model/verdict.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { Span } from './origin.ts';
import type { PlainEntry } from './output.ts';
import type { LaneBudget } from './shared-budget.ts';

/** About what a refused entry takes of the heap beside its line. */
const ENTRY_BYTES = 1024;

/** An entry that is not going to be stored. */
export interface RefusedEntry {
  readonly entry: PlainEntry;
  readonly span: Span;
  readonly reason: DropReason;
  readonly detail: string;
}

interface Waiting {
  readonly refused: RefusedEntry;
  readonly settled: () => void;
  readonly bytes: number;
}

/** The way of refused entries to the dead letters; their origins hear of it once that is done. */
export class Refusals {
  readonly #write: (letters: readonly DeadLetter[]) => Promise<void>;
  readonly #budget: LaneBudget;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;

  constructor(write: (letters: readonly DeadLetter[]) => Promise<void>, budget: LaneBudget) {
    this.#write = write;
    this.#budget = budget;
  }

  /** Resolves when the entries are written down and told of. */
  async hand(refused: readonly RefusedEntry[]): Promise<void> {
    await this.#write(refused.map(letterOf));
    for (const { span, reason } of refused) span.origin.dropped(reason, span.bytes);
  }

  /**
   * Takes an entry that was never in a batch and calls `settled` once it is dealt with. What comes while the disk is busy is written in
   * one go; it counts against the byte budget, so that a flood of such entries waits in the files as all others do.
   */
  add(refused: RefusedEntry, settled: () => void): void {
    const bytes = refused.entry.line.length + ENTRY_BYTES;
    this.#budget.take(bytes);
    this.#waiting.push({ refused, settled, bytes });
    this.#writing ??= this.#writeWaiting();
  }

  async #writeWaiting(): Promise<void> {
    while (this.#waiting.length > 0) {
      const taken = this.#waiting;
      this.#waiting = [];
      await this.hand(taken.map(({ refused }) => refused));
      for (const { settled, bytes } of taken) {
        settled();
        this.#budget.give(bytes);
      }
    }
    this.#writing = null;
  }

  /** Resolves when nothing is left to write. */
  async idle(): Promise<void> {
    await this.#writing;
  }
}

function letterOf({ entry, span, reason, detail }: RefusedEntry): DeadLetter {
  const { labels, timestampNs, line, metadata } = entry;
  const { source, file, offset } = span.origin.describe(span.from);
  return { reason, detail, source, file, offset, labels, timestampNs, line, metadata };
}
