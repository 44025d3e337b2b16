import { LineMetrics } from './line-metrics.ts';
import { type Redactions, type Shape, SHAPES } from './shape.ts';

/** A template that failed, a time that is of no form that was named, and one that is too far from the runtime's. */
export const STAGE_FAULTS = ['template_failed', 'time_unread', 'time_far'] as const;
export type StageFault = (typeof STAGE_FAULTS)[number];

/** What one pipeline has done since it started. Plain numbers, added to on the way of a line and read by whoever shows them. */
export class Counters {
  readBytes = 0;
  readRecords = 0;
  malformedRecords = 0;
  appendedEntries = 0;
  storedEntries = 0;
  sentBytes = 0;
  retries = 0;
  readErrors = 0;
  /** Logs and entries that go as the tenant of the output, since the one they were given may not be. */
  readonly tenantFallbacks: Record<'not_allowed' | 'too_many', number> = { not_allowed: 0, too_many: 0 };
  /** Texts that were replaced. */
  readonly redactions: Redactions = Object.fromEntries(SHAPES.map((shape) => [shape, 0])) as Record<Shape, number>;
  /** Sources that were begun although their pod was not known. */
  partialMetadataSources = 0;
  /** Entries that stages left out, by the reason that is configured for it. */
  readonly filteredEntries: Map<string, number> = new Map();
  /** Entries with which a stage could not do what it is for. */
  readonly stageFaults: Record<StageFault, number> = Object.fromEntries(STAGE_FAULTS.map((fault) => [fault, 0])) as Record<
    StageFault,
    number
  >;
  /** What stages make of lines. */
  readonly lineMetrics: LineMetrics = new LineMetrics();
  /** Requests by what came of them: an HTTP status, or why there was none. */
  readonly requests: Map<string, number> = new Map();

  countFault(fault: StageFault): void {
    this.stageFaults[fault] += 1;
  }

  countFiltered(reason: string): void {
    this.filteredEntries.set(reason, (this.filteredEntries.get(reason) ?? 0) + 1);
  }

  countRequest(outcome: string): void {
    this.requests.set(outcome, (this.requests.get(outcome) ?? 0) + 1);
  }
}
