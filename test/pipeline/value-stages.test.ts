import { describe, expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const STAGES = [
  { cri: {} },
  { json: { expressions: { level: '', trace_id: 'ids.trace', user: '', msg: '', first: 'tags[0]' } } },
  { labels: { level: '', first: '' } },
  { structured_metadata: { trace_id: '', container: '' } },
  { output: { source: 'msg' } },
];

function printed(n: number): string {
  const level = ['info', 'warn'][n % 2];
  return `{"level":"${level}","ids":{"trace":"t-${n}"},"msg":"line ${n}","tags":["a",1]}\n`;
}

describe('the composed agent', () => {
  test('I5 labels, metadata and text of an entry are what stages made of its line', async () => {
    await using bench = await AgentBench.create({ config: { stages: STAGES } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    container.log.print(printed(0));
    container.log.print('no JSON\n');
    container.log.print(printed(1));
    await bench.until(async () => bench.loki.counts.stored === 3 && (await bench.metric('logferry_in_flight_bytes')) === 0);
    const streams = bench.loki.entries().map(({ stream, line, metadata }): [string, object, unknown] => {
      const { level, first, container: name, namespace } = stream.labels;
      return [line.toString(), { level, first, container: name, namespace }, metadata];
    });
    const own = { container: undefined, namespace: 'shop' };
    const pod = ['pod', 'cart-7d4'];
    const said = ['container', 'app'];
    expect(streams.toSorted(([a], [b]) => (a < b ? -1 : 1))).toStrictEqual([
      ['line 0', { ...own, level: 'info', first: 'a' }, [pod, ['trace_id', 't-0'], said]],
      ['line 1', { ...own, level: 'warn', first: 'a' }, [pod, ['trace_id', 't-1'], said]],
      ['no JSON', { ...own, level: undefined, first: undefined }, [pod, said]],
    ]);
    expect(await bench.metric('logferry_acked_bytes_total')).toBe(await bench.metric('logferry_seen_bytes_total'));
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('I9 what is sent again after a SIGKILL goes where it went before, as it was', async () => {
    await using bench = await AgentBench.create({ config: { stages: STAGES, checkpoint: { interval_seconds: 3600 } } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    for (let n = 0; n < 50; n += 1) container.log.print(printed(n));
    await bench.until(() => bench.loki.counts.stored >= 50);
    await bench.kill();
    await bench.start();
    container.log.print(printed(50));
    await bench.until(() => bench.loki.entries().some(({ line }) => line.toString() === 'line 50'));
    const entries = bench.loki
      .entries()
      .map(({ seconds, nanos, stream, line, metadata }) => JSON.stringify([seconds, nanos, stream, line.toString(), metadata]));
    expect(entries.length).toBeGreaterThan(51);
    expect(new Set(entries).size).toBe(51);
  });

  test('what is no JSON object is left out where that is asked for, and counted', async () => {
    const stages = [{ json: { expressions: { a: '' }, drop_malformed: true } }];
    await using bench = await AgentBench.create({ config: { stages } });
    const container = bench.logs.start(NAMES);
    await bench.start();
    for (const line of ['{"a":1}', 'x', '{"a":', '{}']) container.log.print(`${line}\n`);
    await bench.until(async () => (await bench.metric('logferry_filtered_entries_total', ',reason="malformed_json"')) === 2);
    await bench.until(() => bench.loki.counts.stored === 2);
    expect(bench.loki.entries().map(({ line }) => line.toString())).toStrictEqual(['{"a":1}', '{}']);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });
});
