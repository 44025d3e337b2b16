import { rfc3339Seconds } from '../../runtime/clock.ts';
import { LABELS } from './stream-names.ts';

/** What an ingester says of the one stream that its answer is about. */
export interface IngesterRefusal {
  /** The stream as Loki names it. */
  readonly labels: string;
  /** How many of the entries that reached it in this stream were not stored. */
  readonly ignored: number;
  readonly total: number;
  /** Those of them that are listed, the first ones (ten, unless ingester.max-ignored-stream-errors says otherwise). */
  readonly listed: readonly IgnoredEntry[];
  readonly summary: string;
}

export interface IgnoredEntry {
  readonly timeNs: bigint;
  readonly reason: 'too_far_behind' | 'rate_limited';
  readonly detail: string;
}

const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)`;
const TOO_FAR_BEHIND = `entry too far behind, entry timestamp is: ${TIME}, oldest acceptable timestamp is: ${TIME}`;
const RATE_LIMITED =
  String.raw`per stream rate limit exceeded \(limit: \w+/sec\) while attempting to ingest for stream '${LABELS}' totaling \w+, ` +
  'consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased';
const IGNORED = new RegExp(
  String.raw`entry with timestamp (?<day>[\d-]{10}) (?<time>[\d:]{8})(?:\.(?<fraction>\d{1,9}))? \+0000 UTC ignored, ` +
    `reason: '(?<detail>(?<behind>${TOO_FAR_BEHIND})|${RATE_LIMITED})',\n`,
  'iy',
);
const SUMMARY = new RegExp(
  String.raw`(?<summary>user '[^\n]*?', total ignored: (?<ignored>\d+) out of (?<total>\d+) for stream: ${LABELS})\n$`,
  'y',
);

/** Reads the answer with which an ingester refuses entries (loki pkg/ingester/stream.go errorForFailedEntries); null for any other text. */
export function readIngesterRefusal(text: string): IngesterRefusal | null {
  const listed: IgnoredEntry[] = [];
  let at = 0;
  for (;;) {
    IGNORED.lastIndex = at;
    const groups = IGNORED.exec(text)?.groups;
    if (groups === undefined) break;
    listed.push(ignoredEntry(groups));
    at = IGNORED.lastIndex;
  }
  SUMMARY.lastIndex = at;
  const { labels, ignored, total, summary } = SUMMARY.exec(text)?.groups ?? {};
  if (labels === undefined || summary === undefined || listed.length === 0) return null;
  return { labels, ignored: Number(ignored), total: Number(total), listed, summary };
}

function ignoredEntry({ day, time, fraction = '', detail = '', behind }: Record<string, string | undefined>): IgnoredEntry {
  const seconds = rfc3339Seconds(`${day}T${time}Z`);
  return {
    timeNs: BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')),
    reason: behind === undefined ? 'rate_limited' : 'too_far_behind',
    detail,
  };
}
