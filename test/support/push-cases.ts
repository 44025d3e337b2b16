import { gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { type PushStream, protobufPush } from './push-body.ts';

/** One request to a push endpoint: what is special about it, and the status that Loki answers. */
export interface PushCase {
  readonly name: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const PROTOBUF = { 'Content-Type': 'application/x-protobuf' };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const TENANT_HEADER = 'X-Scope-OrgID';
const DAY_NANOS = 86_400_000_000_000n;
const MINUTE_NANOS = 60_000_000_000n;
/** Loki's default `max_line_size`: 256 KB. */
const LONGEST_LINE = 262_144;

/** How far behind: some are too far only after a newer entry has come. */
const MOVING_SECONDS = [100n, 3800n, 3699n, 0n, 3650n, 3601n, 3600n];

/** A table of good and bad requests of one tenant. Each case has streams of its own, so that their order does not matter. */
export function pushCases(tenant: string, now: bigint): PushCase[] {
  const good = { [TENANT_HEADER]: tenant };
  const protobuf = (name: string, status: number, ...streams: PushStream[]): PushCase => ({
    name,
    status,
    headers: { ...good, ...PROTOBUF },
    body: protobufPush(streams),
  });
  const json = (name: string, status: number, body: string, headers: Record<string, string> = {}): PushCase => ({
    name,
    status,
    headers: { ...good, ...JSON_TYPE, ...headers },
    body: Buffer.from(body),
  });
  const one = (labels: string, entry: Partial<PushStream['entries'][number]> = {}): PushStream => ({
    labels,
    entries: [{ nanos: now, line: 'hello', ...entry }],
  });
  const jsonOf = (stream: string, nanos: unknown = `${now}`): string =>
    JSON.stringify({ streams: [{ stream: { case: stream }, values: [[nanos, 'hello']] }] });

  return [
    protobuf('protobuf in a snappy block', 204, one('{case="protobuf"}')),
    json('JSON', 204, jsonOf('json')),
    { name: 'JSON in gzip', status: 204, headers: { ...good, ...JSON_TYPE, 'Content-Encoding': 'gzip' }, body: gzipSync(jsonOf('gzip')) },
    {
      name: 'protobuf that says its encoding',
      status: 204,
      headers: { ...good, ...PROTOBUF, 'Content-Encoding': 'snappy' },
      body: protobufPush([one('{case="marked"}')]),
    },
    { name: 'no content type', status: 400, headers: good, body: protobufPush([one('{case="untyped"}')]) },
    { name: 'no tenant', status: 401, headers: PROTOBUF, body: protobufPush([one('{case="nobody"}')]) },
    {
      name: 'two tenants',
      status: 400,
      headers: { ...PROTOBUF, [TENANT_HEADER]: `${tenant}|other` },
      body: protobufPush([one('{case="two"}')]),
    },
    {
      name: 'a tenant with a slash',
      status: 400,
      headers: { ...PROTOBUF, [TENANT_HEADER]: 'a/b' },
      body: protobufPush([one('{case="slash"}')]),
    },
    {
      name: 'an unknown encoding',
      status: 400,
      headers: { ...good, ...PROTOBUF, 'Content-Encoding': 'br' },
      body: protobufPush([one('{case="br"}')]),
    },
    { name: 'protobuf without snappy', status: 400, headers: { ...good, ...PROTOBUF }, body: Buffer.from('not a snappy block at all') },
    { name: 'snappy without protobuf', status: 400, headers: { ...good, ...PROTOBUF }, body: compressSync(Buffer.from('not a message')) },
    json('JSON that is none', 400, '{"streams":['),
    json('JSON with a number for a timestamp', 400, jsonOf('number', 12345)),
    protobuf('no stream at all', 422),
    protobuf('a stream without entries', 204, { labels: '{case="empty"}', entries: [] }),
    // Accepted, because Loki adds service_name="unknown_service" before it looks for labels.
    protobuf('no labels', 204, one('{}')),
    protobuf('labels without braces', 400, one('case="bare"')),
    protobuf('a label value without quotes', 400, one('{case=bare}')),
    protobuf('a raw newline in a label value', 400, one('{case="a\nb"}')),
    protobuf('an escaped newline in a label value', 204, one('{case="a\\nb"}')),
    protobuf('a label name with a dash', 400, one('{case="dash", a-b="1"}')),
    protobuf('a label twice', 400, one('{case="twice", a="1", a="2"}')),
    protobuf('15 labels', 204, one(manyLabels(15))),
    protobuf('16 labels', 400, one(manyLabels(16))),
    protobuf('16 labels, one of them service_name', 204, one(manyLabels(15, ', service_name="s"'))),
    protobuf('a label name of 1024 bytes', 204, one(`{case="name", ${'n'.repeat(1024)}="1"}`)),
    protobuf('a label name of 1025 bytes', 400, one(`{case="name", ${'n'.repeat(1025)}="1"}`)),
    protobuf('a label value of 2048 bytes', 204, one(`{case="${'v'.repeat(2048)}"}`)),
    protobuf('a label value of 2049 bytes', 400, one(`{case="${'v'.repeat(2049)}"}`)),
    protobuf('the longest line', 204, one('{case="longest"}', { line: 'x'.repeat(LONGEST_LINE) })),
    protobuf('a line too long by one', 400, one('{case="long"}', { line: 'x'.repeat(LONGEST_LINE + 1) })),
    protobuf('an empty line', 204, one('{case="blank"}', { line: '' })),
    protobuf('a line that is not UTF-8', 204, one('{case="bytes"}', { line: Uint8Array.of(0x66, 0xff, 0xfe, 0x6f) })),
    protobuf('six days old', 204, one('{case="old"}', { nanos: now - 6n * DAY_NANOS })),
    protobuf('eight days old', 400, one('{case="too old"}', { nanos: now - 8n * DAY_NANOS })),
    protobuf('nine minutes ahead', 204, one('{case="ahead"}', { nanos: now + 9n * MINUTE_NANOS })),
    protobuf('eleven minutes ahead', 400, one('{case="too far ahead"}', { nanos: now + 11n * MINUTE_NANOS })),
    protobuf('59 minutes behind its stream', 204, inOrder('window', now, now - 59n * MINUTE_NANOS)),
    protobuf('61 minutes behind its stream', 400, inOrder('behind', now, now - 61n * MINUTE_NANOS)),
    protobuf('too far behind, but the next stream is good', 204, inOrder('hidden', now, now - 61n * MINUTE_NANOS), one('{case="good"}')),
    protobuf(
      'too far behind, the newest in between',
      400,
      inOrder('moving', ...MOVING_SECONDS.map((seconds) => now - seconds * 1_000_000_000n)),
    ),
    protobuf(
      '12 entries too far behind, of which ten are listed',
      400,
      inOrder('listed', now, ...Array.from({ length: 12 }, (_, index) => now - 4000n * 1_000_000_000n + BigInt(index))),
    ),
    protobuf('a label value too long beside a good stream', 400, one(`{app="${'v'.repeat(2049)}"}`), one('{case="good beside long"}')),
    protobuf(
      'a metadata name of dashes, in an entry that is refused anyway',
      400,
      one('{case="spared"}', { nanos: now - 8n * DAY_NANOS, metadata: { '---': '1' } }),
    ),
    protobuf(
      'metadata as large as may be, detected_level not counted',
      204,
      one('{case="level"}', { metadata: { pod: 'x'.repeat(65_533), detected_level: 'info' } }),
    ),
    protobuf('a bad entry among good ones', 400, {
      labels: '{case="partial"}',
      entries: [
        { nanos: now, line: 'before' },
        { nanos: now + 1n, line: 'x'.repeat(LONGEST_LINE + 1) },
        { nanos: now + 2n, line: 'after' },
      ],
    }),
    protobuf('a bad stream beside a good one', 400, one('{case="beside"}'), one('{case=broken}')),
    protobuf('an entry twice', 204, {
      labels: '{case="double"}',
      entries: [
        { nanos: now, line: 'same' },
        { nanos: now, line: 'same' },
      ],
    }),
    protobuf('two lines of one instant', 204, {
      labels: '{case="instant"}',
      entries: [
        { nanos: now, line: 'b' },
        { nanos: now, line: 'a' },
      ],
    }),
    protobuf('one line with two sets of metadata', 204, {
      labels: '{case="sets"}',
      entries: [
        { nanos: now, line: 'same', metadata: { pod: 'a' } },
        { nanos: now, line: 'same', metadata: { pod: 'b' } },
      ],
    }),
    protobuf('128 metadata', 204, one('{case="metadata"}', { metadata: manyMetadata(128) })),
    protobuf('129 metadata', 400, one('{case="too much metadata"}', { metadata: manyMetadata(129) })),
    protobuf('64 KiB of metadata', 400, one('{case="big metadata"}', { metadata: { pod: 'x'.repeat(65_536) } })),
    protobuf('a metadata name that is rewritten', 204, one('{case="rewritten"}', { metadata: { 'a-b': '1' } })),
    big('7 MiB at once, more than the burst of a tenant', 429, tenant, 28),
    big('5 MiB at once, more than Loki sends on to itself', 500, tenant, 20),
    protobuf('an empty metadata name', 500, one('{case="poison"}', { metadata: { '': '1' } })),
    protobuf('a metadata name of dashes', 500, one('{case="dashes"}', { metadata: { '---': '1' } })),
    protobuf('a metadata name without a Latin letter', 500, one('{case="kanji"}', { metadata: { 日本: '1' } })),
  ];
}

/** A push of `lines` lines of 256 KiB, by a tenant of its own: it uses up the rate that the tenant may push at. */
function big(name: string, status: number, tenant: string, lines: number): PushCase {
  const entries = Array.from({ length: lines }, (_, index) => ({
    nanos: BigInt(Date.now()) * 1_000_000n + BigInt(index),
    line: 'x'.repeat(LONGEST_LINE),
  }));
  return {
    name,
    status,
    headers: { ...PROTOBUF, [TENANT_HEADER]: `${tenant}-${lines}` },
    body: protobufPush([{ labels: '{case="big"}', entries }]),
  };
}

function manyLabels(count: number, extra = ''): string {
  return `{${Array.from({ length: count }, (_, index) => `l${index}="${count}"`).join(', ')}${extra}}`;
}

function manyMetadata(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`m${index}`, '1']));
}

function inOrder(name: string, ...instants: bigint[]): PushStream {
  return { labels: `{case="${name}"}`, entries: instants.map((nanos, index) => ({ nanos, line: `line ${index}` })) };
}
