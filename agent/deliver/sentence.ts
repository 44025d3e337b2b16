import type { GuiltyEntry } from '../model/verdict.ts';
import type { Batch } from './batch.ts';
import type { EntryCheck } from './entry-check.ts';
import type { PlainEntry } from './output.ts';
import type { RefusedEntry } from './refusals.ts';

export interface Sentence {
  /** Entries that are given up. */
  readonly refused: readonly RefusedEntry[];
  /** Positions in the body of those that the store will take in `holdMs`, and of those that are not guilty; both ascend. */
  readonly early: readonly number[];
  readonly others: readonly number[];
  readonly holdMs: number;
}

/** What is to become of the guilty entries of a batch, whose body decodes to `entries`. */
export function sentence(
  batch: Batch,
  guilty: readonly GuiltyEntry[],
  { entries, check }: { readonly entries: readonly PlainEntry[]; readonly check: EntryCheck },
): Sentence {
  const spans = batch.spans();
  const refused: RefusedEntry[] = [];
  const early: number[] = [];
  let longestMs = 0;
  for (const { index, reason, detail } of guilty) {
    const entry = entries[index]!;
    const holdMs = reason === 'too_far_in_future' ? check.holdMs(secondsOf(entry)) : null;
    if (holdMs === null) refused.push({ entry, span: spans[index]!, reason, detail });
    else early.push(index);
    longestMs = Math.max(longestMs, holdMs ?? 0);
  }
  const named = new Set(guilty.map(({ index }) => index));
  const others = batch.positions().filter((position) => !named.has(position));
  return { refused, early: early.sort((a, b) => a - b), others, holdMs: longestMs };
}

function secondsOf({ timestampNs }: PlainEntry): number {
  return Number(BigInt(timestampNs) / 1_000_000_000n);
}
