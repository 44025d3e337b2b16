import type { EntryRefusal } from '../../model/verdict.ts';

/** An entry that Loki refused for good. */
export interface Guilty {
  /** Its place in the request: streams in order, entries in order. */
  readonly index: number;
  readonly reason: EntryRefusal;
  /** Loki's own sentence for it. */
  readonly detail: string;
}
