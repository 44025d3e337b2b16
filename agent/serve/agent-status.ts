import type { ReloadStatus } from '../model/reload-status.ts';
import type { Counters } from '../model/counters.ts';
import type { Exclusion } from '../model/exclusion.ts';
import type { LossReason } from '../model/gap.ts';
import type { DropReason } from '../model/verdict.ts';
import type { AuditStatus } from './audit-counters.ts';
import type { TenantStatus } from './tenant-metrics.ts';

/** What became of the bytes of one output's sources. */
interface Totals {
  readonly seenBytes: number;
  readonly ackedBytes: number;
  readonly filteredBytes: number;
  readonly inFlightBytes: number;
  readonly droppedBytes: Readonly<Record<DropReason | LossReason, number>>;
  readonly droppedEntries: Readonly<Record<DropReason, number>>;
  readonly losses: Readonly<Record<LossReason, number>>;
}

/** One output as the metrics see it. */
export interface OutputStatus {
  readonly name: string;
  readonly counters: Counters;
  readonly totals: Totals;
  readonly sources: number;
  readonly unreadBytes: number;
  readonly deletedBytes: number;
  readonly unbalancedBytes: number;
  readonly heldBytes: number;
  readonly queuedBatches: number;
  readonly inFlight: number;
  readonly window: number;
  readonly batchTargetBytes: number;
  /** By the reason. */
  readonly unopened: ReadonlyMap<string, number>;
  /** What rules of rates have done to logs, by namespace. */
  readonly limits: readonly LimitStatus[];
  /** Null: it takes no audit events. */
  readonly audit: AuditStatus | null;
  /** Empty: there is one alone. */
  readonly tenants: readonly TenantStatus[];
  /** Null: not known, or of no importance. */
  readonly isTenantSeparated: boolean | null;
}

/** What rules of rates have done to the logs of a namespace. */
export interface LimitStatus {
  readonly namespace: string;
  readonly waiting: number;
  readonly pausedSeconds: number;
  readonly droppedBytes: number;
}

/** What was learnt from Kubernetes, and how. */
interface KubernetesStatus {
  readonly pods: number;
  readonly lists: number;
  readonly restarts: Readonly<Record<string, number>>;
  /** By HTTP status, or by what kept an answer away. */
  readonly requests: ReadonlyMap<string, number>;
}

/** What API servers have posted, and what became of it. */
interface AuditWebhookStatus {
  readonly counters: {
    readonly batches: number;
    readonly events: number;
    readonly malformedEvents: number;
    readonly filteredEvents: number;
    /** By the reason. */
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly spoolBytes: number;
}

/** What the agent is at and has done, as its pages see it. */
export interface AgentStatus {
  /** Of a clock that never goes back. */
  readonly nowMs: number;
  /** Absent: nothing is received. */
  readonly auditWebhook?: AuditWebhookStatus;
  /** Null: the API server is not asked. */
  readonly kubernetes: KubernetesStatus | null;
  /** Null: the configuration stays as it is. */
  readonly reload: (ReloadStatus & { readonly deferredParts: number }) | null;
  readonly outputs: readonly OutputStatus[];
  readonly scans: number;
  readonly refusedLinks: number;
  /** By label. */
  readonly labelUse: ReadonlyMap<string, { readonly values: number; readonly demotions: number }>;
  /** What is true of how containers log, by share of their bytes; empty where nobody looks. */
  readonly lint: readonly { readonly namespace: string; readonly container: string; readonly finding: string; readonly share: number }[];
  /** Logs of the last scan that are left out, by the reason. */
  readonly excluded: ReadonlyMap<Exclusion, number>;
  readonly checkpointFailures: number;
  readonly checkpointAgeSeconds: number;
  readonly openFiles: number;
  /** Infinite when nothing is behind. */
  readonly secondsUntilLoss: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}
