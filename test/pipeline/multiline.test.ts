import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { STDERR } from '../../agent/model/record.ts';
import { AgentBench, type AgentBenchOptions } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const FRAMES = Array.from({ length: 60 }, (_, n) => `\tat com.example.Cart.step${n}(Cart.java:${n + 1})`);
const CAUSE = ['Caused by: java.io.IOException: no such file', ...FRAMES.slice(0, 30), '\t... 7 more'];

function trace(n: number): string[] {
  return [`java.lang.IllegalStateException: request ${n} failed`, ...FRAMES, ...CAUSE];
}

function configured(multiline: object, options: AgentBenchOptions = {}): Promise<AgentBench> {
  return AgentBench.create({ ...options, config: { stages: [{ multiline: { rules: ['java'], ...multiline } }], ...options.config } });
}

function print({ log }: RunningContainer, lines: readonly string[], channel: 0 | 1 = 0): void {
  for (const line of lines) log.print(`${line}\n`, { channel });
}

function entries(bench: AgentBench): string[] {
  return bench.loki.entries().map(({ line }) => line.toString());
}

async function balanced(bench: AgentBench): Promise<void> {
  await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) === 0);
  expect(await bench.metric('logferry_acked_bytes_total')).toBe(await bench.metric('logferry_seen_bytes_total'));
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
}

describe('a trace', () => {
  test('I5 is one entry, which the silence behind it completes', async () => {
    await using bench = await configured({});
    const container = bench.logs.start(NAMES);
    await bench.start();
    print(container, ['listening', ...trace(1)]);
    await bench.until(() => bench.loki.counts.stored === 2);
    expect(entries(bench)).toEqual(['listening', trace(1).join('\n')]);
    expect(bench.loki.entries()[1]!.metadata).toEqual([['pod', 'cart-7d4']]);
    await balanced(bench);
  });

  test('I1 I8 I9 comes once and whole, though the agent is killed amid it and the log is rotated', async () => {
    await using bench = await configured({ max_wait_seconds: 20 }, { config: { checkpoint: { interval_seconds: 1 } } });
    const container = bench.logs.start(NAMES);
    const lines = trace(1);
    await bench.start();
    print(container, ['before', ...lines.slice(0, 40)]);
    await bench.until(() => bench.loki.counts.stored === 1);
    await bench.rotate(container);
    print(container, lines.slice(40, 70));
    print(container, ['of the other channel'], STDERR);
    await bench.until(() => bench.loki.counts.stored === 2);
    await bench.until(async () => (await bench.metric('logferry_unread_bytes')) === 0);
    // The program goes on while nobody reads.
    print(container, lines.slice(70));
    await bench.kill();
    await bench.start();
    print(container, ['behind']);
    await bench.until(() => entries(bench).includes('behind'));
    expect(new Set(entries(bench))).toEqual(new Set(['before', 'of the other channel', lines.join('\n'), 'behind']));
    expect(entries(bench).filter((entry) => entry.startsWith('java.lang'))).toHaveLength(1);
    await balanced(bench);
  });

  test('R29 is never cut by a reader that lags: neither by a backlog nor by a store that takes nothing for hours', async () => {
    await using bench = await configured({}, { config: { limits: { memory_bytes: 4_194_304 } }, output: { batch_bytes: 65_536 } });
    const container = bench.logs.start(NAMES);
    const traces = Array.from({ length: 400 }, (_, n) => trace(n));
    // Both channels at once, so that wherever reading stops, a record of one of them is open.
    const [out, err] = [traces.slice(0, 200).flat(), ['first', ...traces.slice(200).flat()]];
    for (const [n, line] of out.entries()) {
      print(container, [line]);
      print(container, err.slice(n, n === out.length - 1 ? err.length : n + 1), STDERR);
    }
    await bench.clock.advance(3 * 3_600_000);
    await bench.loki.down();
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_read_bytes_total')) > 0);
    for (let minute = 0; minute < 120; minute += 1) await bench.clock.advance(60_000);
    await bench.loki.up();
    await bench.until(() => bench.loki.counts.stored > traces.length);
    expect(new Set(entries(bench))).toEqual(new Set(['first', ...traces.map((lines) => lines.join('\n'))]));
    await balanced(bench);
  });

  test('of stderr that nobody ends holds back neither stdout nor the position for long', async () => {
    await using bench = await configured({ max_wait_seconds: 2 });
    const container = bench.logs.start(NAMES);
    await bench.start();
    print(container, trace(1).slice(0, 5), STDERR);
    for (let n = 0; n < 40; n += 1) {
      print(container, [`still alive ${n}`]);
      await bench.clock.advance(250);
    }
    await bench.until(() => bench.loki.counts.stored >= 41);
    const order = entries(bench);
    expect(order.indexOf(trace(1).slice(0, 5).join('\n'))).toBeGreaterThan(order.indexOf('still alive 0'));
    await balanced(bench);
  });
});
