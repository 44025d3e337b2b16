import { expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';

const OPEN_FILES = 16;

/** An agent with a few logs more than it may have open, each with an unfinished line at its end. */
async function crowdedBench(): Promise<{ bench: AgentBench; containers: readonly RunningContainer[] }> {
  const bench = await AgentBench.create({ config: { limits: { open_files: OPEN_FILES } }, loki: { deduplicate: true } });
  const containers = Array.from({ length: OPEN_FILES + 4 }, (_, n) =>
    bench.logs.start({ namespace: 'shop', pod: `p-${n}`, container: 'app' }),
  );
  for (const [n, { log }] of containers.entries()) {
    log.append(`2024-05-01T12:00:00Z stdout F whole ${n}\n`);
    log.append(`2024-05-01T12:00:00Z stdout P half ${n}\n`);
  }
  await bench.start();
  return { bench, containers };
}

function storedOf(bench: AgentBench, word: string): number {
  return bench.loki.lines().filter((line) => line.startsWith(word)).length;
}

test('I5 with more logs than descriptors and unfinished lines in all, each gets its turn and each line is stored', async () => {
  const { bench, containers } = await crowdedBench();
  await using _ = bench;
  await bench.until(() => storedOf(bench, 'whole') === containers.length);
  await bench.until(() => storedOf(bench, 'half') === containers.length);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  expect(await bench.globalMetric('logferry_open_files')).toBeLessThanOrEqual(OPEN_FILES);
});

test('logs that cannot be opened are counted once, however often they are tried between two scans', async () => {
  const { bench } = await crowdedBench();
  await using _ = bench;
  for (let second = 0; second < 30; second += 1) {
    await bench.clock.advance(1000);
    const unopened = await bench.metric('logferry_unopened_logs', ',reason="too_many_open"');
    expect(Number.isNaN(unopened) ? 0 : unopened).toBeLessThanOrEqual(4);
  }
});
