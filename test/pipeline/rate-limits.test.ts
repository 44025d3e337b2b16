import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';

const CART = { namespace: 'shop', pod: 'cart', uid: 'u-1', container: 'app' };
const LINE = 'x'.repeat(960);

function print(bench: AgentBench, container: RunningContainer, lines: number): void {
  const from = bench.printed.get(`${container.names.container} stdout`)?.length ?? 0;
  for (let n = from; n < from + lines; n += 1) bench.print(container, `${n} ${LINE}`);
}

/** Lines that are stored, gap records apart. */
function storedLines({ loki }: AgentBench): string[] {
  return loki.entries().flatMap(({ line, metadata }) => (metadata.some(([name]) => name === 'gap') ? [] : [line.toString()]));
}

function gapRecords({ loki }: AgentBench): Record<string, string>[] {
  const sets = loki.entries().map(({ metadata }) => Object.fromEntries(metadata) as Record<string, string>);
  return sets.filter(({ gap }) => gap !== undefined);
}

async function logBytes(bench: AgentBench): Promise<number> {
  return (await bench.metric('logferry_acked_bytes_total')) + (await bench.metric('logferry_in_flight_bytes'));
}

describe('a rate for each container', () => {
  test('I5 holds within the burst at any time, and everything is stored in the end', async () => {
    const limits = { rules: [{ rate_bytes: 50_000, burst_bytes: 100_000 }] };
    await using bench = await AgentBench.create({ config: { limits } });
    const container = bench.logs.start(CART);
    print(bench, container, 1000);
    const { size } = statSync(container.log.path);
    const startMs = bench.clock.monotonic();
    await bench.start();
    while (storedLines(bench).length < 1000) {
      await bench.clock.advance(1000);
      const elapsedSeconds = (bench.clock.monotonic() - startMs) / 1000;
      expect(await logBytes(bench)).toBeLessThanOrEqual(100_000 + 50_000 * elapsedSeconds + 1100);
    }
    expect(bench.stored).toStrictEqual(bench.printed);
    expect((bench.clock.monotonic() - startMs) / 1000).toBeGreaterThan((size - 100_000) / 50_000 - 1);
    expect(await bench.metric('logferry_paused_seconds_total', ',namespace="shop"')).toBeGreaterThan(5);
    expect(await bench.metric('logferry_limited_sources', ',namespace="shop"')).toBe(0);
    expect(bench.log.messages.filter((message) => message.startsWith('a log is over the rate of a rule'))).toHaveLength(1);
  });

  test('one that waits is not polled in a hurry, and does not look stuck', async () => {
    const limits = { rules: [{ rate_bytes: 1024, burst_bytes: 1024 }] };
    await using bench = await AgentBench.create({ config: { limits } });
    print(bench, bench.logs.start(CART), 2000);
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_limited_sources', ',namespace="shop"')) === 1);
    const before = bench.clock.wakeUps;
    for (let second = 0; second < 120; second += 1) await bench.clock.advance(1000);
    // A line a second, its batch, a checkpoint, a scan and the polls of each second.
    expect(bench.clock.wakeUps - before).toBeLessThan(120 * 8);
    // The test's time runs ahead of the disk: a read may be under way for a minute of it.
    await bench.until(async () => (await bench.page('/healthz')).status === 200);
    expect(await bench.metric('logferry_unread_bytes')).toBeGreaterThan(0);
  });

  test('I4 I5 nothing is lost while a log waits over rotations, and when its pod is removed', async () => {
    const limits = { rules: [{ logs: { namespace: 'sh*' }, rate_bytes: 20_000, burst_bytes: 20_000 }] };
    await using bench = await AgentBench.create({ config: { limits }, kubelet: { maxFiles: 3 } });
    const container = bench.logs.start(CART);
    await bench.start();
    let bytes = 0;
    for (let file = 0; file < 6; file += 1) {
      print(bench, container, 100);
      bytes += statSync(container.log.path).size;
      await bench.rotate(container);
    }
    expect(await bench.metric('logferry_limited_sources', ',namespace="shop"')).toBe(1);
    expect(await bench.metric('logferry_deleted_bytes')).toBeGreaterThan(0);
    print(bench, container, 100);
    bytes += statSync(container.log.path).size;
    await bench.until(async () => (await bench.metric('logferry_seen_bytes_total')) === bytes);
    bench.logs.removePod(container);
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    await bench.until(async () => (await bench.metric('logferry_sources')) === 0);
  });

  test('I5 I8 killed while a log waits: each line is stored once', async () => {
    const limits = { rules: [{ rate_bytes: 20_000, burst_bytes: 20_000 }] };
    await using bench = await AgentBench.create({ config: { limits }, loki: { deduplicate: true } });
    const container = bench.logs.start(CART);
    print(bench, container, 200);
    await bench.start();
    await bench.until(() => storedLines(bench).length > 50);
    await bench.kill();
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
  });
});

describe('a rate for each namespace', () => {
  test('is shared in turns: who writes little waits for nobody who writes much, and other namespaces do not wait at all', async () => {
    const limits = { rules: [{ per: 'namespace', rate_bytes: 20_000, burst_bytes: 20_000 }] };
    await using bench = await AgentBench.create({ config: { limits }, output: { batch_wait_seconds: 0.1 } });
    const noisy = Array.from({ length: 3 }, (_, n) => bench.logs.start({ ...CART, uid: `n-${n}`, container: `noisy-${n}` }));
    for (const container of noisy) print(bench, container, 1000);
    const quiet = bench.logs.start({ ...CART, pod: 'quiet', uid: 'u-2', container: 'quiet' });
    const other = bench.logs.start({ namespace: 'other', pod: 'p', uid: 'u-3', container: 'other' });
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_limited_sources', ',namespace="shop"')) > 0);
    const noisyLines = (): number =>
      noisy.reduce((sum, { names }) => sum + (bench.stored.get(`${names.container} stdout`)?.length ?? 0), 0);
    for (let n = 0; n < 10; n += 1) {
      const before = noisyLines();
      bench.print(quiet, `quiet ${n}`);
      bench.print(other, `other ${n}`);
      await bench.until(() => bench.stored.get('other stdout')?.length === n + 1 && bench.stored.get('quiet stdout')?.length === n + 1);
      // One turn each at most, of no more than the burst, and what was on its way.
      expect(noisyLines() - before).toBeLessThan(200);
    }
    expect(await bench.metric('logferry_paused_seconds_total', ',namespace="other"')).toBe(0);
    const byNoisy = noisy.map(({ names }) => bench.stored.get(`${names.container} stdout`)!.length);
    expect(Math.max(...byNoisy)).toBeLessThan(1000);
    expect(Math.max(...byNoisy) - Math.min(...byNoisy)).toBeLessThan(100);
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
  });
});

describe('over: drop', () => {
  const kubelet = { container_log_max_bytes: 200_000, container_log_max_files: 3 };
  const rule = { rate_bytes: 5000, burst_bytes: 5000, over: 'drop', drop_below_seconds: 20 };

  test('I5 drops the oldest whole entries before the kubelet would delete them, each counted, with records of the gaps', async () => {
    await using bench = await AgentBench.create({ config: { kubelet, limits: { rules: [rule] } }, kubelet: { maxFiles: 3 } });
    const container = bench.logs.start(CART);
    await bench.start();
    for (let second = 0; second < 60; second += 1) {
      print(bench, container, 20);
      await bench.clock.advance(1000);
      if (statSync(container.log.path).size >= 200_000) await bench.rotate(container);
    }
    const accounted = async (): Promise<number> =>
      (await bench.metric('logferry_dropped_entries_total', ',reason="over_limit"')) + storedLines(bench).length;
    await bench.until(async () => (await accounted()) === 1200);
    await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) === 0);
    const dropped = await bench.metric('logferry_dropped_entries_total', ',reason="over_limit"');
    expect(dropped).toBeGreaterThan(500);
    expect(storedLines(bench).length).toBeGreaterThan(200);
    await bench.until(() => gapRecords(bench).reduce((sum, { gap_lines: lines }) => sum + Number(lines), 0) === dropped);
    expect(gapRecords(bench).length).toBeLessThan(15);
    expect(new Set(gapRecords(bench).map(({ gap }) => gap))).toStrictEqual(new Set(['over_limit']));
    const bytes = await bench.metric('logferry_lost_bytes_total', ',reason="over_limit"');
    expect(await bench.metric('logferry_over_limit_bytes_total', ',namespace="shop"')).toBe(bytes);
    expect(await bench.metric('logferry_losses_total', ',reason="deleted_unread"')).toBe(0);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    const stored = new Set(storedLines(bench));
    expect(bench.printed.get('app stdout')!.filter((line) => stored.has(line))).toStrictEqual(storedLines(bench));
  });

  test('I5 drops nothing of a log that is over its rate while there is time', async () => {
    await using bench = await AgentBench.create({ config: { kubelet, limits: { rules: [rule] } }, kubelet: { maxFiles: 3 } });
    const container = bench.logs.start(CART);
    await bench.start();
    print(bench, container, 100);
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
  });
});
