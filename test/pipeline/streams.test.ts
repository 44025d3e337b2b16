import { describe, expect, test } from 'vitest';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import type { Time } from '../../agent/model/position.ts';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const HOUR_SECONDS = 3600;

test('I5 delivery.confirm `stream`: an answer speaks for one stream only', async () => {
  await using bench = await AgentBench.create({ config: { delivery: { confirm: 'stream' } } });
  const containers = ['web', 'db', 'cache'].map((container) => bench.logs.start({ ...NAMES, container }));
  for (const container of containers) for (let n = 0; n < 20; n += 1) bench.print(container, `line ${n}`, n % 2 === 0 ? STDOUT : STDERR);
  await bench.start();
  await bench.allStored();
  expect(bench.stored).toStrictEqual(bench.printed);
  expect(new Set(bench.loki.requests.map(({ streams }) => streams.length))).toStrictEqual(new Set([1]));
  expect(new Set(bench.loki.requests.flatMap(({ streams }) => streams)).size).toBe(6);
});

describe('two containers that share a stream', () => {
  test('I5 one that has a backlog two hours older than the other: the store refuses nothing', async () => {
    await using bench = await AgentBench.create();
    const [current, behind] = ['a-current', 'b-behind'].map((pod) => bench.logs.start({ ...NAMES, pod, uid: pod }));
    const nowSeconds = Math.floor(bench.clock.now() / 1000);
    const at = (agoSeconds: number): { readonly at: Time } => ({ at: [nowSeconds - agoSeconds, 0] });
    const lines = 2 * HOUR_SECONDS;
    for (let n = 0; n < lines; n += 1) behind!.log.print(`behind ${n} ${'x'.repeat(200)}\n`, at(lines - n));
    for (let n = 0; n < 10; n += 1) current!.log.print(`current ${n}\n`, at(0));
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === lines + 10);
    expect(bench.loki.requests.filter(({ status }) => status !== 204)).toStrictEqual([]);
    expect(await bench.metric('logferry_dropped_entries_total', ',reason="too_far_behind"')).toBe(0);
    const ofPod = (name: string): string[] => bench.loki.lines().flatMap((line) => (line.startsWith(name) ? [line.split(' ')[1]!] : []));
    expect(ofPod('behind')).toStrictEqual(Array.from({ length: lines }, (_, n) => String(n)));
    expect(ofPod('current')).toStrictEqual(Array.from({ length: 10 }, (_, n) => String(n)));
  });
});

test('I5 the end of a line that a removed pod has never finished is shipped, marked as torn', async () => {
  await using bench = await AgentBench.create();
  const container = bench.logs.start(NAMES);
  bench.print(container, 'whole');
  await bench.start();
  await bench.allStored();
  container.log.append('2024-05-01T12:00:01Z stdout F torn ta');
  await bench.until(async () => (await bench.metric('logferry_unread_bytes')) > 0);
  bench.logs.removePod(container);
  await bench.until(() => bench.loki.counts.stored === 2);
  const [, torn] = bench.loki.entries();
  expect([torn?.line.toString(), Object.fromEntries(torn?.metadata ?? [])]).toMatchObject(['torn ta', { parse_error: 'torn' }]);
  await bench.until(async () => (await bench.metric('logferry_sources')) === 0);
});
