import { describe, expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const STAGES = [
  { limit: { rate: 0.0001, burst: 5, drop: true } },
  { logfmt: { mapping: { time: '' } } },
  { timestamp: { source: 'time', format: 'RFC3339' } },
];

describe('what stages keep', () => {
  test('I9 outlives the agent: entries that come again get the times that they had, and no other ones pass', async () => {
    await using bench = await AgentBench.create({ config: { stages: STAGES, checkpoint: { interval_seconds: 3600 } } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    const seconds = Math.floor(bench.clock.now() / 1000) - 100;
    container.log.print(`time=${new Date(seconds * 1000).toISOString().replace('.000', '')} line 0\n`);
    await bench.until(() => bench.loki.counts.stored === 1);
    // The position of a stop has what was kept; that of a SIGKILL is older.
    await bench.stop();
    await bench.start();
    for (let n = 1; n < 8; n += 1) container.log.print(`line ${n}\n`);
    await bench.until(async () => (await bench.metric('logferry_filtered_entries_total', ',reason="limit"')) === 3);
    await bench.until(() => bench.loki.counts.stored === 5);
    await bench.kill();
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_filtered_entries_total', ',reason="limit"')) === 3);
    await bench.until(() => bench.loki.counts.stored === 9);
    const [first, ...others] = bench.loki.entries();
    expect(first!.seconds).toBe(seconds);
    const sent = others.map((entry) => [entry.line.toString(), entry.seconds - seconds, entry.nanos - first!.nanos]);
    const once = [1, 2, 3, 4].map((n) => [`line ${n}`, 0, n]);
    expect(sent).toStrictEqual([...once, ...once]);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });
});
