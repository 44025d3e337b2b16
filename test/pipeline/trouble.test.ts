import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const MEMORY_BYTES = 4 * 1024 * 1024;

/** About a kilobyte that hardly compresses, so that what is held counts as it is held. */
function noise(n: number): string {
  return Array.from({ length: 100 }, (_, i) => ((n * 7919 + i * 104_729) * 2_654_435_761).toString(36)).join('');
}

/** An agent that is far behind a container, since the store answers nothing until the gate is opened. */
async function fallBehind(bench: AgentBench): Promise<{ container: RunningContainer; gate: PromiseWithResolvers<void> }> {
  const container = bench.logs.start(NAMES);
  const gate = Promise.withResolvers<void>();
  bench.loki.fault({ kind: 'slow', delay: gate.promise }, { times: 1000 });
  await bench.start();
  for (let n = 0; n < 8000; n += 1) bench.print(container, `${n} ${noise(n)}`);
  return { container, gate };
}

describe('a store that is slow', () => {
  const small = { config: { limits: { memory_bytes: MEMORY_BYTES } }, output: { batch_bytes: 65_536 } };

  test('I3 I5 reading stops within the memory budget, the files wait, and all arrives once it answers', async () => {
    await using bench = await AgentBench.create(small);
    const { gate } = await fallBehind(bench);
    let most = 0;
    let read = 0;
    let looksAlike = 0;
    await bench.until(async () => {
      most = Math.max(most, await bench.metric('logferry_held_bytes'));
      const before = read;
      read = await bench.metric('logferry_read_bytes_total');
      looksAlike = read > 0 && read === before ? looksAlike + 1 : 0;
      return looksAlike === 50;
    });
    expect(await bench.metric('logferry_unread_bytes')).toBeGreaterThan(1_000_000);
    await bench.clock.advance(60_000);
    expect(await bench.metric('logferry_read_bytes_total')).toBe(read);
    expect(most).toBeLessThanOrEqual(MEMORY_BYTES);
    expect(await bench.metric('logferry_in_flight_batches')).toBe(1);
    expect((await bench.page('/healthz')).status).toBe(200);
    gate.resolve();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    await bench.until(async () => (await bench.metric('logferry_held_bytes')) === 0);
  });

  test('I5 rotations meanwhile lose nothing, though the kubelet compresses and deletes what was not read yet', async () => {
    await using bench = await AgentBench.create({ ...small, kubelet: { maxFiles: 3 } });
    const container = bench.logs.start(NAMES);
    const gate = Promise.withResolvers<void>();
    bench.loki.fault({ kind: 'slow', delay: gate.promise }, { times: 1000 });
    await bench.start();
    for (let file = 0; file < 8; file += 1) {
      for (let n = 0; n < 1000; n += 1) bench.print(container, `file ${file} line ${n} ${noise(file * 1000 + n)}`);
      await bench.rotate(container);
    }
    expect(await bench.metric('logferry_unread_bytes')).toBeGreaterThan(1_000_000);
    gate.resolve();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
  });

  test('I5 a pod that is removed with unread bytes is read to its end, then let go', async () => {
    await using bench = await AgentBench.create(small);
    const { container, gate } = await fallBehind(bench);
    await bench.until(async () => (await bench.metric('logferry_held_bytes')) > 0);
    bench.logs.removePod(container);
    await bench.clock.advance(60_000);
    expect(await bench.metric('logferry_unread_bytes')).toBeGreaterThan(1_000_000);
    expect(await bench.metric('logferry_sources')).toBe(1);
    gate.resolve();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    await bench.until(async () => (await bench.metric('logferry_sources')) === 0);
  });
});

describe('a store that says no', () => {
  test.each([
    [401, 'misconfigured'],
    [403, 'misconfigured'],
    [404, 'misconfigured'],
    [500, 'unreachable'],
    [429, 'unreachable'],
  ])('I5 %i: not ready while it lasts, nothing is lost', async (status, state) => {
    await using bench = await AgentBench.create();
    const container = bench.logs.start(NAMES);
    bench.loki.fault({ kind: 'answer', status }, { times: 1_000_000 });
    await bench.start();
    await bench.until(async () => (await bench.page('/readyz')).status === 200);
    bench.print(container, 'line');
    await bench.until(async () => (await bench.page('/readyz')).status === 503);
    expect((await bench.page('/readyz')).body).toBe(`not ready: no output can be reached\noutput loki: ${state}\n`);
    expect((await bench.page('/healthz')).status).toBe(200);
    bench.loki.clearFaults();
    await bench.allStored();
    await bench.until(async () => (await bench.page('/readyz')).status === 200);
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(await bench.metric('logferry_retries_total')).toBeGreaterThan(0);
  });

  test('I6 an entry that is refused goes to the dead-letter file, its neighbours arrive, and the stream says what is missing', async () => {
    await using bench = await AgentBench.create({ loki: { deduplicate: true } });
    const container = bench.logs.start(NAMES);
    for (const line of ['before', 'after']) bench.print(container, line);
    const record = '2024-04-01T12:00:00Z stdout F a month old\n';
    container.log.append(record);
    bench.print(container, 'later');
    await bench.start();
    await bench.until(async () => bench.loki.lines().some((line) => line.startsWith('logferry: ')));
    const gap = 'logferry: 1 line of this log is missing after 2024-05-01T12:00:00.000000002Z: refused (too_old), see the dead letters';
    expect(bench.stored.get('app stdout')?.sort()).toStrictEqual(['after', 'before', 'later', gap]);
    expect(await bench.metric('logferry_dropped_entries_total', ',reason="too_old"')).toBe(1);
    expect(await bench.metric('logferry_lost_bytes_total', ',reason="too_old"')).toBe(record.length);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    await bench.stop();
    const letters = readFileSync(join(bench.stateDir, 'dead-letters.loki.jsonl'), 'utf8').trimEnd().split('\n');
    expect(letters.map((letter) => JSON.parse(letter) as object)).toMatchObject([
      { reason: 'too_old', line: 'a month old', timestamp_ns: '1711972800000000000', metadata: [['pod', 'cart-7d4']] },
    ]);
  });

  test('I5 413 from a gateway: batches are halved until they pass', async () => {
    await using bench = await AgentBench.create();
    const container = bench.logs.start(NAMES);
    bench.loki.fault({ kind: 'answer', status: 413 }, { times: 1_000_000, when: ({ entries }) => entries > 10 });
    for (let n = 0; n < 1000; n += 1) bench.print(container, `line ${n}`);
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(await bench.metric('logferry_dropped_entries_total', ',reason="too_large"')).toBe(0);
  });

  test('I9 an answer that was lost: the same bytes come again, so that the store knows them', async () => {
    await using bench = await AgentBench.create({ loki: { deduplicate: true } });
    const container = bench.logs.start(NAMES);
    bench.loki.fault({ kind: 'reset', stored: true }, { times: 3 });
    await bench.start();
    for (let n = 0; n < 50; n += 1) bench.print(container, `line ${n}`);
    await bench.until(() => bench.loki.requests.some(({ status }) => status === 204));
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(bench.loki.counts).toMatchObject({ stored: 50, known: 150 });
  });
});

describe('I7 stopping', () => {
  test('with a store that hangs: the drain deadline ends it, and the next start delivers the rest', async () => {
    await using bench = await AgentBench.create({ loki: { deduplicate: true } });
    const container = bench.logs.start(NAMES);
    bench.print(container, 'first');
    await bench.start();
    await bench.allStored();
    bench.loki.fault({ kind: 'hang', stored: false });
    bench.print(container, 'second');
    await bench.until(() => bench.loki.requests.length === 2);
    const before = bench.clock.monotonic();
    await bench.stopInTime();
    expect(bench.clock.monotonic() - before).toBeGreaterThanOrEqual(15_000);
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
  });

  test('with a store that answers: what was read is stored before it ends, without waiting for a batch to fill', async () => {
    await using bench = await AgentBench.create({ output: { batch_wait_seconds: 3600 } });
    const container = bench.logs.start(NAMES);
    bench.print(container, 'line');
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_sent_entries_total')) === 1);
    await bench.stop();
    expect(bench.loki.lines()).toStrictEqual(['line']);
  });
});
