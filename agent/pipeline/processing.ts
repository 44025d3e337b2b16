import type { Route } from '../deliver/output.ts';
import type { LineValues } from '../model/attribution.ts';
import type { RecordView } from '../model/record.ts';
import type { Memory } from '../process/memory.ts';

/** What is done with every entry of a source before its lane takes it. */
export interface Processing<R extends Route> {
  /** An entry in whose record none of these stands goes on as it is, where its channel goes; null: any may have to be looked at. */
  readonly needles: readonly Buffer[] | null;
  /** What the next run has to know of labels that come from lines. */
  readonly lineValues: LineValues;
  /** What stages keep from one entry to the next; null: nothing. */
  readonly memory: Memory | null;
  /** The entries that come next are from this chunk, as far as their views lie in it. */
  reads(chunk: Buffer): void;
  /**
   * Changes the entry in place and says where it goes: a route that stays the same object for as long as anything goes there; null when the
   * entry is left out, which settles it. Called once an entry, in file order.
   */
  apply(view: RecordView): R | null;
}
