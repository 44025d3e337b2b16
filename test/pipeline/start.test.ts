import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };

/** The container prints a line into a file that is rotated, and one into its live file; returns how many bytes these have. */
function rotatedOnce({ names, log }: RunningContainer): number {
  log.print(`${names.container} rotated\n`);
  const rotatedBytes = statSync(log.path).size;
  log.rotate();
  log.print(`${names.container} live\n`);
  return rotatedBytes + statSync(log.path).size;
}

/** Waits until as many lines are stored and nothing is left to be read. */
async function stored(bench: AgentBench, lines: readonly string[]): Promise<void> {
  await bench.until(() => bench.loki.counts.stored >= lines.length);
  await bench.until(async () => (await bench.metric('logferry_unread_bytes')) === 0);
  expect(bench.loki.lines().toSorted()).toStrictEqual(lines.toSorted());
}

describe('containers.start', () => {
  test.each([
    ['oldest', ['app rotated', 'app live']],
    ['live', ['app live']],
    ['end', []],
  ] as const)('I5 `%s` holds for logs that are there at the first start of all, and for no others', async (start, first) => {
    await using bench = await AgentBench.create({ config: { containers: { start } } });
    const container = bench.logs.start(NAMES);
    rotatedOnce(container);
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_sources')) === 1);
    container.log.print('app next\n');
    await stored(bench, [...first, 'app next']);
    rotatedOnce(bench.logs.start({ ...NAMES, container: 'later' }));
    await stored(bench, [...first, 'app next', 'later rotated', 'later live']);
    await bench.stop();
    rotatedOnce(bench.logs.start({ ...NAMES, container: 'away' }));
    await bench.start();
    await stored(bench, [...first, 'app next', 'later rotated', 'later live', 'away rotated', 'away live']);
  });

  test('I5 what it passes over is counted as filtered, and the books balance', async () => {
    await using bench = await AgentBench.create({ config: { containers: { start: 'end' } } });
    const bytes = rotatedOnce(bench.logs.start(NAMES));
    await bench.start();
    await bench.until(async () => (await bench.metric('logferry_filtered_bytes_total')) === bytes);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });
});
