import { MalformedPush, parseLabels } from '../outputs/loki/decode-push.ts';
import type { ShownEntry } from './newest-entries.ts';
import type { PushAnswer } from './push-endpoint.ts';

/** Loki's max_entries_limit_per_query and its default limit. */
const MAX_LIMIT = 5000;
const DEFAULT_LIMIT = 100;

/**
 * The least of Loki's `GET /loki/api/v1/query_range`: log queries of a selector with equal signs only, `start` inclusive, `end`
 * exclusive (ns), `limit`, `direction`. Metadata comes merged into the labels, as Loki gives it without further request headers.
 */
export function queryRange(entries: readonly ShownEntry[], parameters: URLSearchParams): PushAnswer {
  const selector = readSelector(parameters.get('query') ?? '');
  const [start, end] = [readNanos(parameters.get('start'), 0n), readNanos(parameters.get('end'), 2n ** 63n)];
  const limit = Number(parameters.get('limit') ?? DEFAULT_LIMIT);
  if (selector === null) return { status: 400, message: 'the query is a selector such as {namespace="shop", container="cart"}' };
  if (start === null || end === null) return { status: 400, message: 'start and end are nanoseconds since 1970' };
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) return { status: 400, message: `limit is 1 to ${MAX_LIMIT}` };
  const isBackward = parameters.get('direction') !== 'forward';
  const found = entries
    .filter((entry) => selector.every(([name, value]) => entry.stream.labels[name] === value))
    .map((entry) => ({ entry, nanos: nanosOf(entry) }))
    .filter(({ nanos }) => nanos >= start && nanos < end)
    .sort((a, b) => (isBackward ? compare(b.nanos, a.nanos) : compare(a.nanos, b.nanos)));
  return {
    status: 200,
    message: JSON.stringify({ status: 'success', data: { resultType: 'streams', result: byStream(found.slice(0, limit)) } }),
  };
}

interface Found {
  readonly entry: ShownEntry;
  readonly nanos: bigint;
}

function byStream(found: readonly Found[]): { stream: Record<string, string>; values: [string, string][] }[] {
  const streams = new Map<string, { stream: Record<string, string>; values: [string, string][] }>();
  for (const { entry, nanos } of found) {
    const stream = { ...entry.stream.labels, ...Object.fromEntries(entry.metadata) };
    const key = JSON.stringify(stream);
    const group = streams.get(key) ?? { stream, values: [] };
    streams.set(key, group);
    group.values.push([String(nanos), entry.line.toString()]);
  }
  return [...streams.values()];
}

function nanosOf({ seconds, nanos }: ShownEntry): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

function readSelector(text: string): [string, string][] | null {
  try {
    return parseLabels(text.trim());
  } catch (error) {
    if (error instanceof MalformedPush) return null;
    throw error;
  }
}

function readNanos(text: string | null, otherwise: bigint): bigint | null {
  if (text === null) return otherwise;
  return /^\d{1,19}$/.test(text) ? BigInt(text) : null;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
