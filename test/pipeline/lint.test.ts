import { expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';

test('the composed agent tells how containers log, without a word of what they say', async () => {
  await using bench = await AgentBench.create({
    config: { lint: { interval_seconds: 1 }, containers: { exclude: [{ container: 'left-out' }] } },
  });
  const names = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1' };
  bench.logs.start({ ...names, container: 'app' }).log.print('12:00:00 words of al@example.com\n');
  bench.logs.start({ ...names, container: 'left-out' }).log.print('words\n');
  await bench.start();
  const labels = '{namespace="shop",container="app",finding=';
  const share = async (finding: string): Promise<number> => {
    const { body: page } = await bench.page('/metrics');
    expect(page).not.toContain('left-out');
    return Number(page.match(new RegExp(`logferry_lint_bytes_ratio${labels}"${finding}"} (.*)`))?.[1] ?? Number.NaN);
  };
  await bench.until(async () => (await share('no_level')) === 1);
  expect([await share('secrets'), await share('no_time')]).toStrictEqual([1, 0]);
});
