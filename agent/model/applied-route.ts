/** A rule of `routes` that is for a log, by its number, and the tenant that it makes of the log; null: that of the output. */
export type AppliedRoute = readonly [rule: number, tenant: string | null];
