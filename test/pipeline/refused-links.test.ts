import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { tempDir } from '../support/temp-dir.ts';

test('a log that leads out of the allowed roots is not shipped, and counted; its neighbours are', async () => {
  await using elsewhere = await tempDir();
  const secret = join(elsewhere.path, 'shadow');
  writeFileSync(secret, '2026-11-22T00:00:00Z stdout F root:secret\n');
  await using bench = await AgentBench.create();
  const directory = join(bench.logs.path, 'pods/evil_pod_u-9/app');
  mkdirSync(directory, { recursive: true });
  symlinkSync(secret, join(directory, '0.log'));
  symlinkSync(secret, join(bench.logs.path, 'containers', 'evil.log'));
  const container = bench.logs.start({ namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' });
  bench.print(container, 'fine');
  await bench.start();
  await bench.allStored();
  expect(bench.stored).toStrictEqual(bench.printed);
  expect(bench.loki.entries({ namespace: 'evil' })).toStrictEqual([]);
  expect(await bench.metric('logferry_unopened_logs', ',reason="outside_roots"')).toBe(1);
  expect((await bench.page('/metrics')).body).toContain('\nlogferry_refused_links_total 1\n');
});
