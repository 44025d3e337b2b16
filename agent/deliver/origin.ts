import type { DropReason } from '../model/verdict.ts';

/** Whoever reads the source that an entry came from; implemented outside, told and asked only when an entry is not stored. */
export interface Origin {
  /** An entry that used up `bytes` of the source is not going to be stored. Called once for it, before its batch counts as settled. */
  dropped(reason: DropReason, bytes: number): void;
  /** Names a place of the source for an operator. */
  describe(from: number): { readonly source: string; readonly file: string; readonly offset: number };
}

/** Where an entry came from. A source fills one object in again for each of its entries: what is kept of it is copied. */
export interface Span {
  readonly origin: Origin;
  /** Place in the source where the entry's bytes begin. */
  readonly from: number;
  /** How many bytes of the source it used up. */
  readonly bytes: number;
}
