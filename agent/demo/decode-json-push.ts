import { MalformedPush, type PushedEntry, type PushedStream } from '../outputs/loki/decode-push.ts';

/**
 * Decodes Loki's JSON push format (pkg/loghttp/entry.go): `{"streams":[{"stream":{"k":"v"},"values":[["<ns>","line",{"k":"v"}]]}]}`.
 * Times are strings; metadata is optional, flat, and has string values. @throws MalformedPush
 */
export function decodeJsonPush(body: Buffer): PushedStream[] {
  const { streams } = asObject(parse(body), 'the request');
  return asArray(streams ?? [], 'streams').map((stream) => {
    const { stream: labels, values } = asObject(stream, 'a stream');
    return { labels: canonicalLabels(stringPairs(labels, 'stream')), entries: asArray(values ?? [], 'values').map(decodeEntry) };
  });
}

/** The label string of a set of labels, in the form that `parseLabels` reads. */
export function canonicalLabels(pairs: readonly (readonly [string, string])[]): string {
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  return `{${sorted.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}

function decodeEntry(value: unknown): PushedEntry {
  const entry = asArray(value, 'an entry');
  const [time, line, metadata] = entry;
  if (entry.length < 2 || entry.length > 3) throw new MalformedPush(`an entry has 2 or 3 items, not ${entry.length}`);
  if (typeof time !== 'string' || !/^-?\d{1,19}$/.test(time)) throw new MalformedPush('the time of an entry is nanoseconds in a string');
  if (typeof line !== 'string') throw new MalformedPush('the line of an entry is a string');
  const [seconds, nanos] = splitNanos(BigInt(time));
  return { seconds, nanos, line: Buffer.from(line), metadata: metadata === undefined ? [] : stringPairs(metadata, 'structured metadata') };
}

/** Nanoseconds since 1970 as seconds and the nanoseconds within. */
export function splitNanos(time: bigint): [seconds: number, nanos: number] {
  const nanos = BigInt.asUintN(64, ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return [Number((time - nanos) / 1_000_000_000n), Number(nanos)];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new MalformedPush(`no JSON: ${String(error)}`);
  }
}

function stringPairs(value: unknown, what: string): [string, string][] {
  return Object.entries(asObject(value, what)).map(([name, text]) => {
    if (typeof text !== 'string') throw new MalformedPush(`${what}: the value of ${name} is a string`);
    return [name, text];
  });
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new MalformedPush(`${what} is an object`);
}

function asArray(value: unknown, what: string): unknown[] {
  if (Array.isArray(value)) return value as unknown[];
  throw new MalformedPush(`${what} is an array`);
}
