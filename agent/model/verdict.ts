/** What a store said of one batch (BLUEPRINT: failure taxonomy 3). */
export type Verdict =
  /** Every entry of it is stored. */
  | { readonly kind: 'stored' }
  /** Nothing is known to be wrong with the batch: the same bytes may be accepted later. `afterMs`: not before. */
  | { readonly kind: 'retry'; readonly reason: RetryReason; readonly detail: string; readonly afterMs: number | null }
  /** Sending the same bytes again can't succeed. */
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string }
  /** The operator's to fix (credentials, URL, tenant): hold the data, try again slowly, say so. */
  | { readonly kind: 'misconfigured'; readonly reason: MisconfiguredReason; readonly detail: string };

export type RetryReason = 'network' | 'timeout' | 'rate_limited' | 'server_error' | 'unexpected_status';
export type RefusalReason = 'invalid' | 'too_large' | 'policy_blocked';
export type MisconfiguredReason = 'unauthorized' | 'forbidden' | 'not_found';

/** Why an entry was not delivered. Closed: every lost entry has one of these, and a counter that exists from the start. */
export const DROP_REASONS = ['refused_invalid', 'refused_too_large', 'refused_policy_blocked'] as const;
export type DropReason = (typeof DROP_REASONS)[number];
