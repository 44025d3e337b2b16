import type { EntryRefusal } from '../../model/verdict.ts';
import type { PushedStream } from './decode-push.ts';
import type { Problem, ProblemKind } from './distributor-problems.ts';
import type { Guilty } from './guilty.ts';
import { impliedLimits, problemUnder } from './implied-limits.ts';
import { type PlacedEntry, placedEntries } from './placed-entries.ts';
import { StreamNames } from './stream-names.ts';

const REASONS: Readonly<Record<ProblemKind, EntryRefusal>> = {
  bad_labels: 'bad_labels',
  too_old: 'too_old',
  too_far_in_future: 'too_far_in_future',
  line_too_long: 'line_too_long',
  metadata_disallowed: 'bad_metadata',
  metadata_too_large: 'bad_metadata',
  metadata_too_many: 'bad_metadata',
};

/** What a problem with the labels of a stream is for each of its entries. */
const BAD_LABELS: readonly [ProblemKind, number] = ['bad_labels', 0];

/**
 * The entries that a distributor refused. Its answer has all problems with their numbers (loki pkg/distributor/distributor.go), so the
 * request must have just those under the limits that follow from the answer; null when it has not.
 */
export function refusedByDistributor(problems: readonly Problem[], streams: readonly PushedStream[]): Guilty[] | null {
  const stated = statedProblems(problems, new StreamNames(streams));
  if (stated === null) return null;
  const entries = placedEntries(streams);
  const hasBadLabels = ({ stream }: PlacedEntry): boolean => stated.has(keyOf(stream, BAD_LABELS));
  const limits = impliedLimits(
    problems,
    entries.filter((placed) => !hasBadLabels(placed)),
  );
  if (limits === null) return null;
  const found = entries.flatMap((placed) => {
    const problem = hasBadLabels(placed) ? BAD_LABELS : problemUnder(limits, placed);
    return problem === null ? [] : [{ index: placed.index, key: keyOf(placed.stream, problem) }];
  });
  if (
    !isAsStated(
      stated,
      Map.groupBy(found, ({ key }) => key),
    )
  )
    return null;
  return found.map(({ index, key }) => guilty(index, stated.get(key)!));
}

/** By stream, kind and value; null when a stream is not found, or two sentences say the same. */
function statedProblems(problems: readonly Problem[], names: StreamNames): Map<string, Problem> | null {
  const stated = new Map<string, Problem>();
  for (const problem of problems) {
    const stream = names.find(problem.labels);
    if (stream === null) return null;
    stated.set(keyOf(stream, [problem.kind, problem.value]), problem);
  }
  return stated.size === problems.length ? stated : null;
}

function keyOf(stream: number, [kind, value]: readonly [ProblemKind, number]): string {
  return `${stream} ${kind} ${value}`;
}

/** Whether as many entries were found with each problem as stated; one with labels counts once for all entries of its stream. */
function isAsStated(stated: ReadonlyMap<string, Problem>, found: ReadonlyMap<string, readonly unknown[]>): boolean {
  const isRight = ([key, { kind, count }]: [string, Problem]): boolean => {
    const entries = found.get(key)?.length ?? 0;
    return kind === 'bad_labels' ? count === 1 && entries > 0 : count === entries;
  };
  return found.size === stated.size && [...stated].every(isRight);
}

function guilty(index: number, { kind, sentence }: Problem): Guilty {
  return { index, reason: REASONS[kind], detail: sentence };
}
