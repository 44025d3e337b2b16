import type { Problem, ProblemKind } from './distributor-problems.ts';
import type { PlacedEntry } from './placed-entries.ts';

/** detected_level is not counted (loki pkg/util/entry_size.go). */
const UNCOUNTED_METADATA = 'detected_level';

/** The limits by which a distributor refused entries, as far as its answer tells. Where it refused nothing a limit is infinite. */
export interface ImpliedLimits {
  /** Entries before and after these times are refused; null for all that there are. */
  readonly oldestNs: bigint | null;
  readonly newestNs: bigint | null;
  readonly lineBytes: number;
  readonly metadataBytes: number;
  readonly metadataNames: number;
}

/** Null when the answer contradicts itself or the entries. */
export function impliedLimits(problems: readonly Problem[], entries: readonly PlacedEntry[]): ImpliedLimits | null {
  const times = impliedTimes(problems, entries);
  const lineBytes = statedLimit(problems, 'line_too_long');
  const metadataBytes = statedLimit(problems, 'metadata_too_large');
  const disallowed = countOf(problems, 'metadata_disallowed') > 0;
  const metadataNames = disallowed ? 0 : statedLimit(problems, 'metadata_too_many');
  if (times === null || lineBytes === null || metadataBytes === null || metadataNames === null) return null;
  return { ...times, lineBytes, metadataBytes, metadataNames };
}

/**
 * The oldest acceptable time is stated, but for its fraction of a second, and the newest is not. But n entries that are too old are the n
 * oldest that there are, and n that are too new the n newest.
 */
function impliedTimes(problems: readonly Problem[], entries: readonly PlacedEntry[]): Pick<ImpliedLimits, 'oldestNs' | 'newestNs'> | null {
  const byTime = entries.toSorted((a, b) => Number(a.timeNs > b.timeNs) - Number(a.timeNs < b.timeNs));
  const old = countOf(problems, 'too_old');
  const ahead = countOf(problems, 'too_far_in_future');
  const oldestSeconds = statedLimit(problems, 'too_old');
  if (oldestSeconds === null || (old > 0 && !isBetween(oldestSeconds, byTime[old - 1], byTime[old]))) return null;
  return { oldestNs: byTime[old]?.timeNs ?? null, newestNs: byTime[byTime.length - 1 - ahead]?.timeNs ?? null };
}

/** What a distributor finds wrong with an entry under these limits, and by how much, in its order (validator.go ValidateEntry). */
export function problemUnder(limits: ImpliedLimits, { timeNs, entry }: PlacedEntry): readonly [kind: ProblemKind, value: number] | null {
  const { seconds, line, metadata } = entry;
  if (limits.oldestNs === null || timeNs < limits.oldestNs) return ['too_old', seconds];
  if (limits.newestNs === null || timeNs > limits.newestNs) return ['too_far_in_future', seconds];
  if (line.length > limits.lineBytes) return ['line_too_long', line.length];
  const bytes = metadata
    .filter(([name]) => name !== UNCOUNTED_METADATA)
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (limits.metadataNames === 0) return metadata.length > 0 ? ['metadata_disallowed', 0] : null;
  if (bytes > limits.metadataBytes) return ['metadata_too_large', bytes];
  return metadata.length > limits.metadataNames ? ['metadata_too_many', metadata.length] : null;
}

function countOf(problems: readonly Problem[], kind: ProblemKind): number {
  return problems.reduce((sum, problem) => sum + (problem.kind === kind ? problem.count : 0), 0);
}

/** The one limit that all problems of a kind state; null when they differ. */
function statedLimit(problems: readonly Problem[], kind: ProblemKind): number | null {
  const limits = new Set(problems.filter((problem) => problem.kind === kind).map(({ limit }) => limit));
  const [limit = Number.POSITIVE_INFINITY] = limits;
  return limits.size > 1 ? null : limit;
}

/** Whether a time known by its second can be after the one entry, and not after the other. */
function isBetween(seconds: number, before: PlacedEntry | undefined, after: PlacedEntry | undefined): boolean {
  return before !== undefined && before.entry.seconds <= seconds && (after === undefined || after.entry.seconds >= seconds);
}
