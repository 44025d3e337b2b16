import { describe, expect, onTestFinished, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import { isOf, linesByTenant, startIn, tenantBench } from '../support/tenant-bench.ts';
import { benchOf, PATIENT, remembered, synced } from './pod-bench.ts';

interface TwoStores {
  readonly bench: AgentBench;
  /** The store of the output `vault`. */
  readonly vault: FakeLoki;
}

async function twoStores(
  config: Readonly<Record<string, unknown>>,
  vaultOutput: Readonly<Record<string, unknown>> = {},
): Promise<TwoStores> {
  const clock = new FakeClock();
  const vault = await FakeLoki.start({ clock, deduplicate: false });
  const otherOutputs = [{ name: 'vault', type: 'loki', url: vault.pushUrl, ...vaultOutput }];
  const bench = await AgentBench.create({ clock, config, otherOutputs });
  onTestFinished(async () => {
    await vault.down();
    await bench[Symbol.asyncDispose]();
    await vault[Symbol.asyncDispose]();
  });
  return { bench, vault };
}

describe('outputs', () => {
  test('a line goes to those that the first rule for it names, and without one to all; each counts what is not for it', async () => {
    const routes = [
      { logs: { namespace: 'pay' }, lines: '|= "audit"', outputs: ['vault'] },
      { logs: { namespace: 'pay' }, lines: '|~ "^both "', outputs: ['loki', 'vault'] },
      { logs: { namespace: 'pay' }, outputs: ['loki'] },
    ];
    const { bench, vault } = await twoStores({ routes });
    const [pay, shop] = [startIn(bench, 'pay'), startIn(bench, 'shop')];
    await bench.start();
    for (const line of ['audit 1', 'both audit', 'both 1', 'other']) bench.print(pay, line);
    bench.print(shop, 'audit of another namespace');
    await bench.until(() => bench.loki.counts.stored + vault.counts.stored === 7);
    expect(bench.loki.lines({ namespace: 'pay' })).toStrictEqual(['both 1', 'other']);
    expect(vault.lines({ namespace: 'pay' })).toStrictEqual(['audit 1', 'both audit', 'both 1']);
    expect([bench.loki, vault].map((store) => store.lines({ namespace: 'shop' }))).toStrictEqual([
      ['audit of another namespace'],
      ['audit of another namespace'],
    ]);
    expect(await bench.metric('logferry_filtered_entries_total', ',reason="other_output"')).toBe(2);
    expect(await bench.globalMetric('logferry_filtered_entries_total{output="vault",reason="other_output"}')).toBe(1);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('a log of which no line goes to an output is not opened for it', async () => {
    const { bench, vault } = await twoStores({ routes: [{ logs: { namespace: 'pay' }, outputs: ['vault'] }] });
    for (const namespace of ['pay', 'shop']) bench.print(startIn(bench, namespace), namespace);
    await bench.start();
    await bench.until(() => vault.counts.stored === 2 && bench.loki.counts.stored === 1);
    expect(bench.loki.lines()).toStrictEqual(['shop']);
    expect(await bench.metric('logferry_sources')).toBe(1);
    expect(await bench.globalMetric('logferry_sources{output="vault"}')).toBe(2);
  });

  test('I1 I6 one that is best effort and down delays no other, holds none of its positions, and gets what it missed when it is back', async () => {
    const { bench, vault } = await twoStores({}, { required: false });
    await vault.down();
    const container = startIn(bench, 'shop');
    await bench.start();
    for (let n = 0; n < 50; n += 1) bench.print(container, `line ${n}`);
    await bench.until(() => bench.loki.counts.stored === 50);
    await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) === 0);
    expect(await bench.globalMetric('logferry_in_flight_bytes{output="vault"}')).toBeGreaterThan(0);
    expect((await bench.page('/readyz')).status).toBe(200);
    await bench.until(async () => (await bench.globalMetric('logferry_checkpoint_age_seconds')) < 1);
    await bench.stopInTime();
    await vault.up();
    await bench.start();
    await bench.until(() => vault.counts.stored === 50);
    expect([bench.loki.counts.stored, bench.loki.counts.known]).toStrictEqual([50, 0]);
    expect(vault.lines()).toStrictEqual(bench.loki.lines());
  });
});

describe('tenants', () => {
  test('of labels of the pod; one that is not allowed goes as the output does', async () => {
    const config = { tenants: { allowed: ['team-*'] }, routes: [{ tenant: '{pod_label:tenant}' }] };
    const api = await FakeApiServer.start();
    const bench = await tenantBench({ config: { kubernetes: { api_server: api.url, ...PATIENT }, ...config } });
    onTestFinished(() => api[Symbol.asyncDispose]());
    api.put({ uid: 'u-1', name: 'one', labels: { tenant: 'team-a' } });
    api.put({ uid: 'u-2', name: 'two', labels: { tenant: 'admin' } });
    api.put({ uid: 'u-3', name: 'three', labels: {} });
    for (const [number, pod] of ['one', 'two', 'three'].entries())
      bench.print(bench.logs.start({ namespace: 'shop', pod, container: 'web', uid: `u-${number + 1}` }), pod);
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 3);
    const { shared = [], ...others } = linesByTenant(bench);
    expect(others).toStrictEqual({ 'team-a': ['one'] });
    expect(shared.toSorted()).toStrictEqual(['three', 'two']);
    expect(await bench.metric('logferry_tenant_fallbacks_total', ',reason="not_allowed"')).toBe(1);
  });

  test('I9 a log keeps its tenant over a crash, however the labels of its pod have changed by then', async () => {
    const config = { tenants: { allowed: ['team-*'] }, routes: [{ tenant: '{pod_label:tenant}' }] };
    const { bench, api } = await benchOf(PATIENT, { config, output: { tenant: 'shared' }, loki: { auth: true, deduplicate: false } });
    api.put({ uid: 'u-1', name: 'cart', labels: { tenant: 'team-a' } });
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    bench.print(container, 'line 0');
    await bench.start();
    await synced(bench, 1);
    await remembered(bench);
    bench.loki.fault({ kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY, when: isOf('team-a') });
    for (let n = 1; n < 20; n += 1) bench.print(container, `line ${n}`);
    await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) > 0);
    await bench.kill();
    bench.loki.clearFaults();
    api.put({ uid: 'u-1', name: 'cart', labels: { tenant: 'team-b' } });
    await bench.start();
    await bench.until(() => new Set(bench.loki.lines()).size === 20);
    expect(Object.keys(linesByTenant(bench))).toStrictEqual(['team-a']);
  });

  test('a stage has the last word, and what it says is confined too', async () => {
    const stages = [{ json: { expressions: { org: '' } } }, { tenant: { source: 'org' } }];
    const bench = await tenantBench({ config: { stages } });
    const container = startIn(bench, 'team-a');
    await bench.start();
    for (const org of ['team-b', 'admin', 'team-a\\r\\nx: y', '']) bench.print(container, `{"org":"${org}"}`);
    bench.print(container, 'no JSON');
    await bench.until(() => bench.loki.counts.stored === 5);
    expect(linesByTenant(bench)).toStrictEqual({
      'team-b': ['{"org":"team-b"}'],
      shared: ['{"org":"admin"}', '{"org":"team-a\\r\\nx: y"}'],
      'team-a': ['{"org":""}', 'no JSON'],
    });
    expect(await bench.metric('logferry_tenant_fallbacks_total', ',reason="not_allowed"')).toBe(2);
  });
});

test('a changed rule holds for the lines that are read from then on, and loses none of those before', async () => {
  const tenants = { allowed: ['team-*'] };
  const routes = [{ tenant: 'team-a' }];
  const bench = await tenantBench({ config: { tenants, routes } });
  const container = startIn(bench, 'shop');
  await bench.start();
  bench.loki.fault({ kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY, when: isOf('team-a') });
  bench.print(container, 'before');
  await bench.until(async () => (await bench.metric('logferry_tenant_held_bytes', ',tenant="team-a"')) > 0);
  bench.configure({ config: { tenants, routes: [{ tenant: 'team-b' }] }, output: { tenant: 'shared' } });
  await bench.until(() => bench.log.messages.includes('a changed configuration is in force; no position has moved'));
  bench.print(container, 'after');
  await bench.until(() => bench.loki.counts.stored === 1);
  bench.loki.clearFaults();
  await bench.until(() => bench.loki.counts.stored === 2);
  expect(linesByTenant(bench)).toStrictEqual({ 'team-a': ['before'], 'team-b': ['after'] });
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
});
