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

test('logs that are links into a directory that is not mounted: it is named, once for all of them, and counted', async () => {
  await using bench = await AgentBench.create();
  const unmounted = join(bench.logs.path, 'var/lib/docker/containers');
  for (const name of ['a', 'b']) {
    const directory = join(bench.logs.path, `pods/shop_${name}_u-${name}/app`);
    mkdirSync(directory, { recursive: true });
    symlinkSync(join(unmounted, name, `${name}-json.log`), join(directory, '0.log'));
  }
  await bench.start();
  await bench.until(async () => (await bench.metric('logferry_unopened_logs', ',reason="unmounted"')) === 2);
  const said = bench.log.said.filter(({ fields }) => 'mount' in fields);
  expect(said).toMatchObject([{ fields: { mount: unmounted }, message: expect.stringContaining('mount it into the agent') as string }]);
  // Of a container that was removed the directory alone is gone.
  mkdirSync(join(unmounted, 'a'), { recursive: true });
  await bench.until(async () => (await bench.metric('logferry_unopened_logs', ',reason="missing"')) === 2);
  writeFileSync(join(unmounted, 'a/a-json.log'), '{"log":"found\\n","stream":"stdout","time":"2024-05-01T12:00:00Z"}\n');
  await bench.until(() => bench.loki.entries({ pod: 'a' }).length === 1 || bench.loki.lines().includes('found'));
  expect(bench.log.messages.filter((message) => message.includes('cannot be opened'))).toStrictEqual([]);
});
