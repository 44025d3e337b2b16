import type { PushedStream } from './decode-push.ts';
import type { Guilty } from './guilty.ts';
import type { IgnoredEntry, IngesterRefusal } from './ingester-refusal.ts';
import { type PlacedEntry, placedEntries } from './placed-entries.ts';
import { StreamNames } from './stream-names.ts';

/** The entries of a stream that an ingester found too far behind; null when its answer does not tell for certain which they are. */
export function refusedByIngester(refusal: IngesterRefusal, streams: readonly PushedStream[]): Guilty[] | null {
  const stream = new StreamNames(streams).find(refusal.labels);
  if (refusal.listed.some(({ reason }) => reason !== 'too_far_behind')) return null;
  const entries = placedEntries(streams).filter((placed) => placed.stream === stream);
  return refusal.ignored === refusal.listed.length ? refusedAsListed(refusal, entries) : refusedAtStart(refusal, entries);
}

/** All are listed: they are the entries with those times, if those are as many. */
function refusedAsListed({ listed }: IngesterRefusal, entries: readonly PlacedEntry[]): Guilty[] | null {
  const details = new Map(listed.map(({ timeNs, detail }) => [timeNs, detail]));
  const guilty = entries.filter(({ timeNs }) => details.has(timeNs));
  if (!haveTimesOf(listed, guilty)) return null;
  return guilty.map(({ index, timeNs }) => ({ index, reason: 'too_far_behind', detail: details.get(timeNs)! }));
}

/**
 * Only the first are listed. What is too far behind is earlier than all that is accepted before it, so among entries in order of time
 * it is the first ones, provided that all of the stream reached the ingester.
 */
function refusedAtStart({ listed, ignored, total, summary }: IngesterRefusal, entries: readonly PlacedEntry[]): Guilty[] | null {
  const isInOrder = entries.every(({ timeNs }, at) => at === 0 || entries[at - 1]!.timeNs <= timeNs);
  if (!isInOrder || total !== entries.length || ignored > total) return null;
  if (!haveTimesOf(listed, entries.slice(0, listed.length))) return null;
  return entries.slice(0, ignored).map(({ index }, at) => ({ index, reason: 'too_far_behind', detail: listed[at]?.detail ?? summary }));
}

/** Entries are listed in their order. */
function haveTimesOf(listed: readonly IgnoredEntry[], entries: readonly PlacedEntry[]): boolean {
  return listed.length === entries.length && entries.every(({ timeNs }, at) => timeNs === listed[at]?.timeNs);
}
