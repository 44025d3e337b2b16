/** What has become of a look at the configuration file that found something new, or that was asked for. */
export type ReloadOutcome = 'applied' | 'unchanged' | 'refused' | 'failed';

/** How the configuration file stands to the configuration in force. */
export interface ReloadStatus {
  /** `refused`: what the file says is not in force, for `reasons`. */
  readonly state: 'in_force' | 'checking' | 'applying' | 'refused';
  readonly reasons: readonly string[];
  /** Tells the content of the file in force from others. */
  readonly digest: string;
  /** When it came into force, in seconds since 1970. */
  readonly sinceSeconds: number;
  readonly outcomes: Readonly<Record<ReloadOutcome, number>>;
}
