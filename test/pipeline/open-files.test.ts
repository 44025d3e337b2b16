import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';

const OPEN_FILES = 16;

function startContainers(bench: AgentBench, count: number): RunningContainer[] {
  return Array.from({ length: count }, (_, n) =>
    bench.logs.start({ namespace: 'shop', pod: `pod-${n}`, uid: `u-${n}`, container: `app-${n}` }),
  );
}

/** Waits until all that was printed is stored; returns the most files that were open meanwhile. */
async function mostOpen(bench: AgentBench): Promise<number> {
  let most = 0;
  await bench.until(async () => {
    most = Math.max(most, await bench.globalMetric('logferry_open_files'));
    return bench.loki.counts.stored >= bench.printedLines;
  });
  return most;
}

describe('limits.open_files', () => {
  test('I2 I5 more logs than descriptors take turns: every line comes once and in order, over rotations too', async () => {
    await using bench = await AgentBench.create({ config: { limits: { open_files: OPEN_FILES } } });
    const containers = startContainers(bench, 30);
    for (const container of containers) bench.print(container, 'before the start');
    await bench.start();
    for (let round = 0; round < 4; round += 1) {
      for (const container of containers) {
        for (let n = 0; n < 10; n += 1) bench.print(container, `round ${round} line ${n}`);
        if (round % 2 === 1) container.log.rotate();
      }
      expect(await mostOpen(bench)).toBeLessThanOrEqual(OPEN_FILES);
    }
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
    expect(await bench.metric('logferry_losses_total', ',reason="deleted_unread"')).toBe(0);
  });

  test('I4 I5 as many logs as descriptors, of which none waits: their rotations are followed', async () => {
    await using bench = await AgentBench.create({ config: { limits: { open_files: OPEN_FILES } } });
    const containers = startContainers(bench, OPEN_FILES);
    await bench.start();
    for (let round = 0; round < 3; round += 1) {
      for (const container of containers) bench.print(container, `round ${round}`);
      expect(await mostOpen(bench)).toBeLessThanOrEqual(OPEN_FILES);
      for (const container of containers) container.log.rotate();
    }
    expect(bench.stored).toStrictEqual(bench.printed);
  });
});
