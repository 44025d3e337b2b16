/** What a store said of one request. Entries and streams are counted in the order of the request's body. */
export type Verdict =
  /** Every entry of it is stored. */
  | { readonly kind: 'stored' }
  /**
   * Nothing is known to be wrong with the request: the same bytes may be accepted later. `afterMs`: not before. `streams`: only these
   * were not taken; null when the store does not tell them apart.
   */
  | {
      readonly kind: 'retry';
      readonly reason: RetryReason;
      readonly detail: string;
      readonly afterMs: number | null;
      readonly streams: readonly number[] | null;
    }
  /** Sending the same bytes again can't succeed. `guilty`: whose fault it is; null when the answer does not tell. */
  | { readonly kind: 'refused'; readonly reason: DropReason; readonly detail: string; readonly guilty: Guilty | null }
  /** The operator's to fix (credentials, URL, tenant): hold the data, try again slowly, say so. */
  | { readonly kind: 'misconfigured'; readonly reason: MisconfiguredReason; readonly detail: string };

/** Entries that a store refused for good, one at least, and what is known of the others in the request. */
export interface Guilty {
  readonly entries: readonly GuiltyEntry[];
  readonly others: 'stored' | 'unknown';
}

export interface GuiltyEntry {
  readonly index: number;
  readonly reason: DropReason;
  readonly detail: string;
}

/** `server_error`: the store failed over the request, which may be the request's fault; `unavailable`: it did not come to look at it. */
export type RetryReason = 'network' | 'timeout' | 'rate_limited' | 'server_error' | 'unavailable' | 'unexpected_status';
export type MisconfiguredReason = 'unauthorized' | 'forbidden' | 'not_found';

/** Why a store refused one entry for good, where its answer says so; `invalid` where it does not. */
export const ENTRY_REFUSALS = [
  'too_old',
  'too_far_in_future',
  'too_far_behind',
  'line_too_long',
  'bad_labels',
  'bad_metadata',
  'invalid',
] as const;
export type EntryRefusal = (typeof ENTRY_REFUSALS)[number];

/** Why an entry was not delivered. Closed: every lost entry has one of these, and a counter that exists from the start. */
export const DROP_REASONS: readonly [...typeof ENTRY_REFUSALS, 'too_large', 'policy_blocked', 'poison', 'over_limit'] = [
  ...ENTRY_REFUSALS,
  'too_large',
  'policy_blocked',
  'poison',
  'over_limit',
];
export type DropReason = (typeof DROP_REASONS)[number];
