import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { STDERR } from '../../agent/model/record.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';

const UNTIL_KNOWN = { metadata_wait_seconds: 36_000 };
const ONE_TIER: Rules = { exclude: [{ pod_labels: { tier: 'debug' } }] };

interface Rules {
  readonly include?: readonly object[];
  readonly exclude?: readonly object[];
}

async function benchOf(containers: Rules): Promise<{ bench: AgentBench; api: FakeApiServer }> {
  const api = await FakeApiServer.start();
  const bench = await AgentBench.create({ config: { containers, kubernetes: { api_server: api.url, ...UNTIL_KNOWN } } });
  onTestFinished(async () => {
    await bench[Symbol.asyncDispose]();
    await api[Symbol.asyncDispose]();
  });
  return { bench, api };
}

function start(bench: AgentBench, pod: string, container = 'web'): RunningContainer {
  return bench.logs.start({ namespace: 'shop', pod, container, uid: `u-${pod}` });
}

function storedLines(bench: AgentBench): string[] {
  return bench.loki.entries().map(({ line }) => line.toString());
}

function excluded(bench: AgentBench, reason: string): Promise<number> {
  return bench.globalMetric(`logferry_excluded_logs{reason="${reason}"}`);
}

describe('a rule of names', () => {
  test('keeps a log from being opened, and its neighbour is collected', async () => {
    const bench = await AgentBench.create({ config: { containers: { exclude: [{ namespace: 'sh*', container: 'istio-*' }] } } });
    onTestFinished(() => bench[Symbol.asyncDispose]());
    bench.print(start(bench, 'cart', 'istio-proxy'), 'not wanted');
    bench.print(start(bench, 'cart'), 'wanted');
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 1);
    await bench.clock.advance(60_000);
    expect(storedLines(bench)).toStrictEqual(['wanted']);
    expect(await bench.globalMetric('logferry_open_files')).toBe(1);
    expect(await bench.metric('logferry_sources')).toBe(1);
    expect(await excluded(bench, 'excluded')).toBe(1);
    expect(await excluded(bench, 'not_included')).toBe(0);
  });
});

describe('a rule of labels', () => {
  test('has the lines of a pod that is not known wait, and reads none of one that is left out', async () => {
    const { bench, api } = await benchOf(ONE_TIER);
    await bench.start();
    bench.print(start(bench, 'probe'), 'not wanted');
    bench.print(start(bench, 'cart'), 'wanted');
    await bench.until(async () => (await bench.metric('logferry_unread_bytes')) > 0);
    await bench.clock.advance(60_000);
    expect(bench.loki.counts.stored).toBe(0);
    api.put({ uid: 'u-probe', name: 'probe', labels: { tier: 'debug' } });
    api.put({ uid: 'u-cart', name: 'cart', labels: { tier: 'front' } });
    await bench.until(() => bench.loki.counts.stored === 1);
    await bench.until(async () => (await bench.metric('logferry_sources')) === 1);
    expect(storedLines(bench)).toStrictEqual(['wanted']);
    expect(await bench.metric('logferry_read_records_total')).toBe(1);
    expect(await excluded(bench, 'excluded')).toBe(1);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('of include likewise', async () => {
    const { bench, api } = await benchOf({ include: [{ pod_labels: { logs: 'yes' } }] });
    api.put({ uid: 'u-probe', name: 'probe' });
    api.put({ uid: 'u-cart', name: 'cart', labels: { logs: 'yes' } });
    bench.print(start(bench, 'probe'), 'not wanted');
    bench.print(start(bench, 'cart'), 'wanted');
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 1);
    await bench.until(async () => (await excluded(bench, 'not_included')) === 1);
    expect(storedLines(bench)).toStrictEqual(['wanted']);
  });

  test('I1 I5 that comes to match stops the reading behind what is sent, and goes on there once it matches no more', async () => {
    const { bench, api } = await benchOf(ONE_TIER);
    api.put({ uid: 'u-cart', name: 'cart', labels: { tier: 'front' } });
    const cart = start(bench, 'cart');
    bench.print(cart, 'before');
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 1);
    api.put({ uid: 'u-cart', name: 'cart', labels: { tier: 'debug' } });
    await bench.until(async () => (await bench.metric('logferry_sources')) === 0);
    bench.print(cart, 'meanwhile');
    await bench.clock.advance(60_000);
    expect(storedLines(bench)).toStrictEqual(['before']);
    api.put({ uid: 'u-cart', name: 'cart', labels: { tier: 'front' } });
    await bench.allStored();
    expect(storedLines(bench)).toStrictEqual(['before', 'meanwhile']);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('lets a log go that is left out while the store is down, without a word of loss', async () => {
    const { bench, api } = await benchOf(ONE_TIER);
    api.put({ uid: 'u-cart', name: 'cart', labels: { tier: 'front' } });
    const cart = start(bench, 'cart');
    await bench.start();
    await bench.loki.down();
    bench.print(cart, 'on its way');
    await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) > 0);
    api.put({ uid: 'u-cart', name: 'cart', labels: { tier: 'debug' } });
    await bench.until(async () => (await excluded(bench, 'excluded')) === 1);
    const scans = await bench.globalMetric('logferry_scans_total');
    await bench.until(async () => (await bench.globalMetric('logferry_scans_total')) > scans);
    bench.print(cart, 'not wanted');
    await bench.loki.up();
    await bench.until(() => bench.loki.counts.stored === 1);
    await bench.until(async () => (await bench.metric('logferry_sources')) === 0);
    bench.logs.removePod(cart);
    bench.print(start(bench, 'other', 'main'), 'of another');
    api.put({ uid: 'u-other', name: 'other' });
    await bench.clock.advance(180_000);
    await bench.until(() => bench.loki.counts.stored === 2);
    expect(storedLines(bench)).toStrictEqual(['on its way', 'of another']);
    expect(await bench.metric('logferry_losses_total', ',reason="deleted_unread"')).toBe(0);
  });
});

describe('an owner', () => {
  test('has a pod, a container or a channel left out in the words of any agent', async () => {
    const { bench, api } = await benchOf({});
    api.put({ uid: 'u-a', name: 'a', annotations: { 'fluentbit.io/exclude': 'true' } });
    api.put({ uid: 'u-b', name: 'b', annotations: { 'logferry.io/exclude.sidecar': 'true' } });
    api.put({ uid: 'u-c', name: 'c', annotations: { 'logferry.io/exclude': 'stderr' } });
    await bench.start();
    bench.print(start(bench, 'a'), 'of a');
    bench.print(start(bench, 'b', 'sidecar'), 'of the sidecar of b');
    bench.print(start(bench, 'b'), 'of b');
    const c = start(bench, 'c');
    for (let n = 0; n < 20; n += 1) {
      bench.print(c, 'debugging of c', STDERR);
      bench.print(c, 'of c');
    }
    await bench.until(() => bench.loki.counts.stored === 21);
    await bench.until(async () => (await bench.metric('logferry_sources')) === 2);
    await bench.clock.advance(60_000);
    expect([...new Set(storedLines(bench))].sort()).toStrictEqual(['of b', 'of c']);
    expect(await excluded(bench, 'fluent_bit')).toBe(1);
    expect(await excluded(bench, 'logferry')).toBe(1);
    expect(await bench.metric('logferry_filtered_bytes_total')).toBeGreaterThan(0);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('whose words nobody understands loses no line, and is named', async () => {
    const { bench, api } = await benchOf({});
    const annotations = { 'co.elastic.logs/enabled': 'nope', 'logferry.io/service-name': 'a\nb', 'logferry.io/tenant': 'other' };
    api.put({ uid: 'u-cart', name: 'cart', annotations, labels: { app: 'cart' } });
    const cart = start(bench, 'cart');
    bench.print(cart, 'one');
    await bench.start();
    await bench.allStored();
    bench.print(bench.logs.restart(cart), 'two');
    await bench.allStored();
    expect(storedLines(bench)).toStrictEqual(['one', 'two']);
    expect(bench.loki.entries()[0]?.stream.labels).toMatchObject({ namespace: 'shop', app: 'cart', service_name: 'web' });
    const named = bench.log.said.filter(({ message }) => message.startsWith('an annotation of a pod')).map(({ fields }) => fields);
    expect(named).toStrictEqual([
      { namespace: 'shop', pod: 'cart', annotation: 'co.elastic.logs/enabled', value: 'nope' },
      { namespace: 'shop', pod: 'cart', annotation: 'logferry.io/service-name', value: 'a\nb' },
    ]);
  });
});
