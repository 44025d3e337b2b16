import type { PushedStream } from './decode-push.ts';
import { type Problem, readProblems } from './distributor-problems.ts';
import type { Guilty } from './guilty.ts';
import { readIngesterRefusal } from './ingester-refusal.ts';
import { placedEntries } from './placed-entries.ts';
import { refusedByDistributor } from './refused-by-distributor.ts';
import { refusedByIngester } from './refused-by-ingester.ts';
import { StreamNames } from './stream-names.ts';

/**
 * Entries of `streams`, a push that was answered with 400 and the whole of `text`, that Loki has refused and would refuse again; null when
 * that is not certain. Of the others nothing is known: some may be stored, and sending them again tells.
 */
export function refusedEntries(text: string, streams: readonly PushedStream[]): readonly Guilty[] | null {
  const problems = readProblems(text);
  if (problems !== null) return refusedByDistributor(problems, streams);
  const refusal = readIngesterRefusal(text);
  return refusal === null ? null : refusedByIngester(refusal, streams);
}

/**
 * The same, but only when all other entries are stored, as surely as a 204 means it for a push of one stream. An answer is that of the
 * distributor or, if an ingester refuses something too, the ingester's on the last of its streams in place of all else (loki
 * pkg/ingester/instance.go Push). So all others are stored
 * - by a distributor's answer, when what it let pass is of one stream, on which no ingester had a say, and when it names an entry of
 *   that stream: a stream that a policy blocks has no entry looked at, and a 400 does not tell that it is blocked;
 * - by an ingester's answer, when the push has no other stream and all entries of this one reached it: the distributor refused none.
 * What this can't tell, nor can a 204: Loki may shard a busy stream, and of the shards on one ingester all but the last are silent.
 */
export function guiltyEntries(text: string, streams: readonly PushedStream[]): readonly Guilty[] | null {
  const guilty = refusedEntries(text, streams);
  if (guilty === null) return null;
  const problems = readProblems(text);
  const restIsStored = problems === null ? isAllThereIs(text, streams) : isLookedThrough(problems, guilty, streams);
  return restIsStored ? guilty : null;
}

/** Whether the entries that are left, if any, are of one stream of which an entry is named. */
function isLookedThrough(problems: readonly Problem[], guilty: readonly Guilty[], streams: readonly PushedStream[]): boolean {
  const refused = new Set(guilty.map(({ index }) => index));
  const left = new Set(placedEntries(streams).flatMap(({ index, stream }) => (refused.has(index) ? [] : [stream])));
  const names = new StreamNames(streams);
  return left.size === 0 || (left.size === 1 && problems.some(({ labels }) => left.has(names.find(labels) ?? -1)));
}

/** Whether the push is one stream, all of which reached the ingester. */
function isAllThereIs(text: string, streams: readonly PushedStream[]): boolean {
  const [first, ...others] = new Set(placedEntries(streams).map(({ stream }) => stream));
  return others.length === 0 && readIngesterRefusal(text)?.total === streams[first ?? -1]?.entries.length;
}
