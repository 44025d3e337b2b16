/** What a log may send at once after a silence, where nothing else is said, in seconds of its rate. */
export const BURST_SECONDS = 10;

/** How much is sent of the logs that a rule names. */
export interface RateRule {
  /** Where it stands in the configuration. */
  readonly name: string;
  /** A second. */
  readonly rateBytes: number;
  readonly burstBytes: number;
  /** Bytes that wait are dropped when they would be gone in less than so many seconds; null: never. */
  readonly dropBelowSeconds: number | null;
}
