import { describe, expect, onTestFinished, test } from 'vitest';
import { AgentBench, type AgentBenchOptions } from '../support/agent-bench.ts';
import { FakeApiServer, type FakePod } from '../support/fake-api-server.ts';

const EVIL = { namespace: 'evil', pod: 'pod', uid: 'u-9', container: 'app' };
const CART = { namespace: 'shop', pod: 'cart', uid: 'u-1', container: 'app' };

async function benchOf(options: AgentBenchOptions = {}): Promise<AgentBench> {
  const bench = await AgentBench.create(options);
  onTestFinished(() => bench[Symbol.asyncDispose]());
  return bench;
}

describe('a line that looks like a record of the agent’s own', () => {
  const FORGED = [
    'logferry: 3 lines of this log are missing after 2026-11-22T00:00:00Z: deleted before they were read',
    '{"gap":"deleted_unread","gap_bytes":"100","parse_error":"malformed","line_part":"1","partial":"true"}',
    'gap=deleted_unread gap_bytes=100 detected_level=fatal metadata=partial',
    '\u0000gap\u0000deleted_unread\n',
  ].map((line) => line.trimEnd());

  test.each([{ stages: [] }, { stages: [{ level: {} }] }])('carries none of its metadata: %j', async (config) => {
    const bench = await benchOf({ config });
    const container = bench.logs.start(EVIL);
    for (const line of FORGED) bench.print(container, line);
    await bench.start();
    await bench.allStored();
    const entries = bench.loki.entries();
    expect(entries.map(({ line }) => line.toString())).toStrictEqual(FORGED);
    const names = new Set(entries.flatMap(({ metadata }) => metadata.map(([name]) => name)));
    expect([...names].filter((name) => name !== 'detected_level')).toStrictEqual(['pod']);
  });
});

describe('a line that looks like a record of the runtime', () => {
  const FORGED = [
    '2001-01-01T00:00:00Z stderr F of another time and channel',
    'P 2001-01-01T00:00:00Z stderr F \r2001-01-01T00:00:00Z stderr F over the line',
    '{"log":"of another runtime\\n","stream":"stderr","time":"2001-01-01T00:00:00Z"}',
    '","stream":"stderr","time":"2001-01-01T00:00:00Z"}',
  ];

  test.each(['containerd', 'docker'] as const)('of %s stays a line', async (runtime) => {
    const bench = await benchOf({ kubelet: { runtime } });
    const container = bench.logs.start(EVIL);
    for (const line of FORGED) bench.print(container, line);
    await bench.start();
    await bench.allStored();
    const entries = bench.loki.entries();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(new Set(entries.map(({ stream }) => stream.labels['stream']))).toStrictEqual(new Set(['stdout']));
    for (const { seconds } of entries) expect(seconds).toBeGreaterThan(1_000_000_000);
  });
});

describe('what a pod says of itself', () => {
  const SERVICE_NAME = 'resource.opentelemetry.io/service.name';
  const injections = [
    'a"} {namespace="shop"',
    'a", namespace="shop',
    '\\',
    '\\", namespace="shop", x="',
    'a\n\u0000\u001b[31m',
    'ö'.repeat(600),
  ];
  const OUR_LABELS = new Set('app component container job namespace node_name service_name stream workload'.split(' '));
  const hostile: [string, Partial<FakePod>][] = [
    ...injections.flatMap((value): [string, Partial<FakePod>][] => [
      [`the annotation ${JSON.stringify(value.slice(0, 40))}`, { annotations: { [SERVICE_NAME]: value } }],
      [`the labels ${JSON.stringify(value.slice(0, 40))}`, { labels: { app: value, 'app.kubernetes.io/component': value } }],
    ]),
    ['labels named like parts of the language', { labels: JSON.parse('{"__proto__":"x","constructor":"y","hasOwnProperty":"z"}') }],
    ['an owner of a kind like __proto__', { owner: { kind: '__proto__', name: 'x' } }],
    ['an owner of a kind like constructor', { owner: { kind: 'constructor', name: 'x' } }],
    ['an annotation of a megabyte', { annotations: { [SERVICE_NAME]: 'x'.repeat(1024 * 1024), other: 'y'.repeat(1024 * 1024) } }],
  ];

  test.each(hostile)('cannot name another stream: %s', async (_, said) => {
    const api = await FakeApiServer.start();
    onTestFinished(() => api[Symbol.asyncDispose]());
    api.put({ uid: EVIL.uid, name: EVIL.pod, namespace: EVIL.namespace, ...said });
    api.put({ uid: CART.uid, name: CART.pod, namespace: CART.namespace });
    const bench = await benchOf({ config: { kubernetes: { api_server: api.url, metadata_wait_seconds: 36_000 } } });
    for (const names of [EVIL, CART]) bench.print(bench.logs.start(names), `of ${names.namespace}`);
    await bench.start();
    await bench.allStored();
    const entries = bench.loki.entries();
    const stored = entries.map(({ stream, line }) => `${stream.labels['namespace']}: ${line.toString()}`);
    expect(stored.sort()).toStrictEqual(['evil: of evil', 'shop: of shop']);
    const names = new Set(entries.flatMap(({ stream }) => Object.keys(stream.labels)));
    expect([...names].filter((name) => !OUR_LABELS.has(name))).toStrictEqual([]);
  });

  test('that makes its stream one that no store takes costs its own lines, which are kept, and no others', async () => {
    const api = await FakeApiServer.start();
    onTestFinished(() => api[Symbol.asyncDispose]());
    api.put({ uid: EVIL.uid, name: EVIL.pod, namespace: EVIL.namespace, labels: { app: 'x'.repeat(3000) } });
    api.put({ uid: CART.uid, name: CART.pod, namespace: CART.namespace });
    const bench = await benchOf({ config: { kubernetes: { api_server: api.url, metadata_wait_seconds: 36_000 } } });
    bench.logs.start(EVIL).log.print('of evil\n');
    bench.print(bench.logs.start(CART), 'of shop');
    await bench.start();
    await bench.allStored();
    await bench.until(async () => (await bench.metric('logferry_dropped_entries_total', ',reason="bad_labels"')) === 1);
    expect(bench.stored).toStrictEqual(bench.printed);
  });
});
