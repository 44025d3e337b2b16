import { expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';

test('I4 I5 a file that was compressed before it was read is still on disk, and takes no room of that for deleted files', async () => {
  await using bench = await AgentBench.create({ config: { limits: { deleted_bytes: 0 } }, loki: { deduplicate: true } });
  const container = bench.logs.start({ namespace: 'shop', pod: 'cart-7d4', container: 'app' });
  await bench.start();
  await bench.loki.down();
  for (let file = 0; file < 4; file += 1) {
    for (let n = 0; n < 10; n += 1) bench.print(container, `file ${file} line ${n} ${'x'.repeat(100_000)}`);
    await bench.rotate(container);
    await bench.clock.advance(3000);
    expect(await bench.metric('logferry_deleted_bytes')).toBe(0);
  }
  expect(await bench.metric('logferry_unread_bytes')).toBeGreaterThan(1_000_000);
  expect(await bench.globalMetric('logferry_seconds_until_loss')).toBeGreaterThan(0);
  await bench.loki.up();
  await bench.allStored();
  expect(bench.stored).toStrictEqual(bench.printed);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
});
