import { expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';

const DAY_MS = 86_400_000;

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

test('I5 I6 behind a backlog that no store takes any more, all that it still takes is stored', async () => {
  const config = { limits: { memory_bytes: 4_194_304 } };
  await using bench = await AgentBench.create({ config, output: { batch_bytes: 65_536 }, loki: { deduplicate: true } });
  const { log } = bench.logs.start({ namespace: 'shop', pod: 'cart-7d4', container: 'app' });
  const now = bench.clock.now();
  // So many that the first ones are dead letters, and their gap is to be said, while others are still read.
  for (let n = 0; n < 12_000; n += 1) log.append(`${iso(now - 10 * DAY_MS + n)} stdout F old ${n} ${'x'.repeat(1000)}\n`);
  for (let n = 0; n < 50; n += 1) log.append(`${iso(now - 3 * DAY_MS + n * 3_600_000)} stdout F fine ${n}\n`);
  await bench.start();
  await bench.until(async () => (await bench.metric('logferry_dropped_entries_total', ',reason="too_old"')) >= 12_000);
  await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) === 0);
  expect(bench.loki.lines().filter((line) => line.startsWith('fine'))).toHaveLength(50);
  expect(await bench.metric('logferry_dropped_entries_total', ',reason="too_far_behind"')).toBe(0);
  await bench.until(() => bench.loki.lines().some((line) => line.startsWith('logferry: ')));
});

test('I5 behind entries that are stored, what is said of a last line that is too old is stored too', async () => {
  await using bench = await AgentBench.create({ loki: { deduplicate: true } });
  const container = bench.logs.start({ namespace: 'shop', pod: 'cart-7d4', container: 'app' });
  bench.print(container, 'fine');
  container.log.append(`${iso(bench.clock.now() - 10 * DAY_MS)} stdout F old\n`);
  await bench.start();
  await bench.until(() => bench.loki.lines().some((line) => line.startsWith('logferry: 1 line of this log is missing')));
  expect(bench.loki.lines()).toHaveLength(2);
});
