import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AgentBench } from '../support/agent-bench.ts';
import type { Fault } from '../support/fake-loki-fault.ts';
import { isOf, linesByTenant, startIn, tenantBench } from '../support/tenant-bench.ts';

const LITTLE_MEMORY = {
  limits: { memory_bytes: 4_194_304 },
  tenants: { allowed: ['team-*'], max_per_node: 4 },
  containers: { max_line_bytes: 16_384 },
};
const SMALL_BATCHES = { batch_bytes: 65_536 };
const LONG = 'x'.repeat(1000);

const CONTAINERS = 40;

/** Fills the files of a tenant with more than the agent may hold, and nothing that compresses well. Returns how many lines that is. */
function flood(bench: AgentBench, namespace: string): number {
  for (let number = 0; number < CONTAINERS; number += 1) {
    const container = startIn(bench, namespace, `web-${number}`);
    for (let line = 0; line < 150; line += 1) {
      const noise = Array.from({ length: 16 }, (_, word) => createHash('sha256').update(`${number} ${line} ${word}`).digest('hex'));
      bench.print(container, `${line} ${noise.join('')}`);
    }
  }
  return CONTAINERS * 150;
}

/** Lets a container print a line every five seconds for five minutes, each when the one before is stored. */
async function sendsFrom(bench: AgentBench, namespace: string): Promise<void> {
  const container = startIn(bench, namespace);
  for (let n = 1; n <= 60; n += 1) {
    bench.print(container, `line ${n}`);
    await bench.until(() => bench.loki.entries({ namespace }).length >= n);
    await bench.clock.advance(5000);
  }
}

describe('a tenant whose store takes nothing of it', () => {
  test.each<[string, Fault]>([
    ['answers 429', { kind: 'answer', status: 429, body: 'ingestion rate limit exceeded' }],
    ['answers 500', { kind: 'answer', status: 500, body: 'sorry' }],
    ['does not answer', { kind: 'hang', stored: false }],
  ])('I3 I6 for five minutes (it %s) holds up no other, keeps to its memory and loses nothing', async (_, fault) => {
    const bench = await tenantBench({ config: LITTLE_MEMORY, output: SMALL_BATCHES });
    bench.loki.fault(fault, { times: Number.POSITIVE_INFINITY, when: isOf('team-a') });
    const flooded = flood(bench, 'team-a');
    const printed = [...bench.printed.values()].flat();
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_tenant_held_bytes', ',tenant="team-a"')) > 500_000);
    await sendsFrom(bench, 'team-b');
    expect(await bench.metric('logferry_held_bytes')).toBeLessThanOrEqual(3_145_728);
    expect(await bench.metric('logferry_unread_bytes')).toBeGreaterThan(1_000_000);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    expect(linesByTenant(bench)['team-a']).toBeUndefined();
    expect(await bench.page('/readyz')).toMatchObject({
      status: 200,
      body: expect.stringMatching(/^output loki(?:, tenant team-b)?: reachable$/m),
    });
    bench.loki.clearFaults();
    if (fault.kind === 'hang') await bench.loki.down().then(() => bench.loki.up());
    await bench.until(() => bench.loki.entries({ namespace: 'team-a' }).length >= flooded);
    expect(new Set(linesByTenant(bench)['team-a'])).toStrictEqual(new Set(printed));
  });
});

test('I1 I8 what a killed agent had not stored comes as the same tenant, and positions of none pass it', async () => {
  const bench = await tenantBench();
  const [a, b] = [startIn(bench, 'team-a'), startIn(bench, 'team-b')];
  const other = startIn(bench, 'shop');
  await bench.start();
  for (const container of [a, b, other]) bench.print(container, `${container.names.namespace} 1`);
  await bench.until(() => bench.loki.counts.stored === 3);
  await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) === 0);
  bench.loki.fault({ kind: 'answer', status: 503 }, { times: Number.POSITIVE_INFINITY, when: isOf('team-a') });
  for (const container of [a, b, other]) bench.print(container, `${container.names.namespace} 2`);
  await bench.until(() => bench.loki.counts.stored === 5);
  await bench.kill();
  bench.loki.clearFaults();
  await bench.start();
  await bench.until(() => new Set(bench.loki.lines()).size === 6);
  const distinct = Object.entries(linesByTenant(bench)).map(([tenant, lines]) => [tenant, [...new Set(lines)]]);
  expect(Object.fromEntries(distinct)).toStrictEqual({
    'team-a': ['team-a 1', 'team-a 2'],
    'team-b': ['team-b 1', 'team-b 2'],
    shared: ['shop 1', 'shop 2'],
  });
});

test('equal labels of two tenants are two streams, each with its own lines', async () => {
  const config = {
    routes: [
      { lines: '|= "a"', tenant: 'team-a' },
      { lines: '|= "b"', tenant: 'team-b' },
    ],
  };
  const bench = await tenantBench({ config });
  const container = startIn(bench, 'shop');
  await bench.start();
  for (const line of ['a1', 'b1', 'c1', 'a2', 'b2', 'c2']) bench.print(container, line);
  await bench.until(() => bench.loki.counts.stored === 6);
  expect(linesByTenant(bench)).toStrictEqual({ 'team-a': ['a1', 'a2'], 'team-b': ['b1', 'b2'], shared: ['c1', 'c2'] });
  expect(new Set(bench.loki.entries().map(({ stream }) => stream.name)).size).toBe(1);
});

function isOfA(line: string): boolean {
  return line.startsWith('a');
}

test('I2 a log of several tenants waits for the one that is held up, on disk, and then goes on in order', async () => {
  const config = {
    ...LITTLE_MEMORY,
    routes: [
      { lines: '|= "a"', tenant: 'team-a' },
      { lines: '|= "b"', tenant: 'team-b' },
    ],
  };
  const bench = await tenantBench({ config, output: SMALL_BATCHES });
  bench.loki.fault({ kind: 'answer', status: 429 }, { times: Number.POSITIVE_INFINITY, when: isOf('team-a') });
  const container = startIn(bench, 'shop');
  const lines = Array.from({ length: 4000 }, (_, n) => `${n % 2 === 0 ? 'a' : 'b'}${n} ${'.'.repeat(1000)}`);
  for (const line of lines) bench.print(container, line);
  await bench.start();
  await bench.until(async () => (await bench.metric('logferry_tenant_reachable', ',tenant="team-a"')) === 0);
  await bench.clock.advance(60_000);
  expect(await bench.metric('logferry_held_bytes')).toBeLessThanOrEqual(3_145_728);
  bench.loki.clearFaults();
  await bench.until(() => bench.loki.counts.stored >= lines.length);
  expect(linesByTenant(bench)).toStrictEqual({ 'team-a': lines.filter(isOfA), 'team-b': lines.filter((line) => !isOfA(line)) });
});

test('a tenant that is not allowed, or one too many, goes as that of the output, counted and said', async () => {
  const config = { tenants: { allowed: ['team-*'], max_per_node: 2 }, routes: [{ tenant: '{namespace}' }] };
  const bench = await tenantBench({ config });
  for (const namespace of ['team-a', 'team-b', 'kube-system']) bench.print(startIn(bench, namespace), namespace);
  await bench.start();
  await bench.until(() => bench.loki.counts.stored === 3);
  const lines = linesByTenant(bench);
  expect(Object.values(lines).flat().toSorted()).toStrictEqual(['kube-system', 'team-a', 'team-b']);
  expect(lines['shared']).toContain('kube-system');
  expect(lines['shared']).toHaveLength(2);
  expect(await bench.metric('logferry_tenant_fallbacks_total', ',reason="not_allowed"')).toBe(1);
  expect(await bench.metric('logferry_tenant_fallbacks_total', ',reason="too_many"')).toBe(1);
  expect(bench.log.messages.filter((message) => message.includes('goes as that of the output'))).toHaveLength(2);
});

test('a tenant with a limit sends no more than that, the rest waits on disk, and no other is slower for it', async () => {
  const config = { tenants: { allowed: ['team-*'], limits: [{ tenant: 'team-a', rate_bytes: 10_000, burst_bytes: 20_000 }] } };
  const bench = await tenantBench({ config });
  const a = startIn(bench, 'team-a');
  for (let n = 0; n < 200; n += 1) bench.print(a, `${n} ${LONG}`);
  await bench.start();
  const startMs = bench.clock.monotonic();
  bench.print(startIn(bench, 'team-b'), 'b');
  await bench.until(() => linesByTenant(bench)['team-b'] !== undefined);
  while ((linesByTenant(bench)['team-a']?.length ?? 0) < 200) {
    await bench.clock.advance(1000);
    const bytes = (linesByTenant(bench)['team-a']?.length ?? 0) * 1010;
    const elapsedSeconds = (bench.clock.monotonic() - startMs) / 1000;
    expect(bytes).toBeLessThanOrEqual(20_000 + 10_000 * (elapsedSeconds + 1));
  }
  expect(linesByTenant(bench)['team-a']).toHaveLength(200);
});

test('I6 an entry that the store refuses is kept with its tenant, and its neighbours arrive', async () => {
  const bench = await tenantBench({ loki: { auth: true, deduplicate: false, limits: { maxLineBytes: 100 } } });
  const [a, other] = [startIn(bench, 'team-a'), startIn(bench, 'shop')];
  await bench.start();
  for (const line of ['before', 'x'.repeat(200), 'behind']) bench.print(a, line);
  bench.print(other, 'y'.repeat(200));
  await bench.until(async () => (await bench.metric('logferry_dropped_entries_total', ',reason="line_too_long"')) === 2);
  await bench.until(() => bench.loki.counts.stored === 2);
  expect(linesByTenant(bench)).toStrictEqual({ 'team-a': ['before', 'behind'] });
  const letters = readFileSync(join(bench.stateDir, 'dead-letters.loki.jsonl'), 'utf8').trim().split('\n');
  const tenants = letters.map((text) => JSON.parse(text) as { tenant?: string; line: string }).map(({ tenant, line }) => [line[0], tenant]);
  expect(Object.fromEntries(tenants)).toStrictEqual({ x: 'team-a', y: undefined });
});
