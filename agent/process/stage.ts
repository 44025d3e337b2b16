import type { Entry } from './entry.ts';

/**
 * One step of what a source's configuration does with every entry, between decoding and its batch. It is called once an entry, in file
 * order, for one source, so it may keep a state of its own, in the entry's memory where what comes out depends on it; it keeps neither the entry nor what that points to.
 */
export interface Stage {
  /** Of these an entry holds one, as it comes from the decoder, that the stage does anything with; absent: that may be any. */
  readonly needles?: readonly Buffer[];
  /**
   * Changes the entry in place: its text (which then stands in a buffer of the stage, which holds until its next call), its time, what its
   * metadata and labels say, and what was extracted. What comes out depends on the source's entries alone, so that it is the same after a
   * restart. Returns whether the entry goes on; one that does not is filtered: counted, not sent.
   */
  apply(entry: Entry): boolean;
}

/** Runs stages in order, until one of them stops the entry. Null when there are none, so that nothing is called for a line. */
export function chainStages(stages: readonly Stage[]): Stage | null {
  if (stages.length < 2) return stages[0] ?? null;
  const needles = stages.flatMap((stage) => stage.needles ?? []);
  return {
    ...(stages.every((stage) => stage.needles !== undefined) ? { needles } : {}),
    apply(entry) {
      for (const stage of stages) if (!stage.apply(entry)) return false;
      return true;
    },
  };
}
