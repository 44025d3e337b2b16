/** How much of a request is recorded, from nothing on (apiserver: pkg/apis/audit/v1/types.go, v1.37). */
export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;
export type Level = (typeof LEVELS)[number];

/** The levels of events. */
export type RecordedLevel = Exclude<Level, 'None'>;
export const RECORDED_LEVELS: readonly RecordedLevel[] = ['Metadata', 'Request', 'RequestResponse'];

/** When in the life of a request an event is made, in that order; `Panic` takes the place of the last. */
export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const;
export type Stage = (typeof STAGES)[number];
/** The place of the stage that tells how a request has ended. */
export const COMPLETE: number = STAGES.indexOf('ResponseComplete');

/** An audit policy (audit.k8s.io/v1) that the API server would take. Fields have its names and meaning; an empty list leaves open. */
export interface Policy {
  readonly rules: readonly Rule[];
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

export interface Rule {
  readonly level: Level;
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  readonly verbs: readonly string[];
  readonly resources: readonly GroupResources[];
  /** An empty name is a request without a namespace. */
  readonly namespaces: readonly string[];
  readonly nonResourceURLs: readonly string[];
  /** Beside those of the policy. */
  readonly omitStages: readonly Stage[];
  /** Null: as the policy says. */
  readonly omitManagedFields: boolean | null;
}

export interface GroupResources {
  /** Empty: the core group; `*`: any. */
  readonly group: string;
  readonly resources: readonly string[];
  readonly resourceNames: readonly string[];
}

/** Whether `level` records at least what `other` does. */
export function isAtLeast(level: Level, other: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(other);
}

/** The stages at which a request that `rule` matches makes no event; without a rule, those of the policy. */
export function omittedStages(policy: Policy, rule: Rule | null): ReadonlySet<Stage> {
  return new Set([...policy.omitStages, ...(rule?.omitStages ?? [])]);
}
