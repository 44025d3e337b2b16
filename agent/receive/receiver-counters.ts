/** Why a request got no 200, by the name in metrics. */
const REFUSALS = ['unauthorized', 'not_found', 'malformed', 'too_large', 'timeout', 'busy', 'spool_full', 'disk'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What came in by the audit webhook since the start. */
export class ReceiverCounters {
  batches = 0;
  events = 0;
  /** Items of lists that were no events. */
  malformedEvents = 0;
  /** Events of which nothing is kept. */
  filteredEvents = 0;
  readonly refused: Record<Refusal, number> = Object.fromEntries(REFUSALS.map((refusal) => [refusal, 0])) as Record<Refusal, number>;
}
