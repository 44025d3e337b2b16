import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import type { PodSpec } from '../support/kubelet-node.ts';
import { runsBySource } from '../support/lines-by-source.ts';
import { KubeletBench } from './kubelet-bench.ts';

const ENDLESS = { namespace: 'rotating', container: 'app', count: 0, exitCode: 0, restart: 'Always' } as const;
const FAST: PodSpec = { ...ENDLESS, name: 'fast', rate: 1000, pad: 100 };
/** Their records are cut at 16 KiB, and one rotation or another cuts between two records of a line. */
const LONG: PodSpec = { ...ENDLESS, name: 'long', rate: 10, pad: 20_000 };
const PODS: readonly PodSpec[] = [FAST, { ...FAST, name: 'other' }, LONG];
/** As many as the kubelet keeps rotated files of a log: one more, and what the agent has not read is gone. */
const KEPT_ROTATIONS = 4;
const SEED = Date.now() % 1_000_000;

/**
 * The agent misses that many rotations; so that it is not one more by the time that it has written down what it found, the kubelet waits
 * for it: killed before, it could not tell whether a file that is gone by then had more in it than it knew.
 */
async function missRotations(bench: KubeletBench, count: number, endAgent: () => Promise<void>): Promise<void> {
  const before = bench.rotated(FAST);
  await endAgent();
  await bench.untilRotated(FAST, before + count);
  await bench.node.down();
  await bench.startAgent();
  await bench.settled();
  await bench.node.up();
}

test(`I2 I4 I5 I8 twenty rotations, an agent that is stopped, killed and late, a kubelet that is killed (seed ${SEED})`, async () => {
  const random = new FakeClock({ seed: SEED });
  await using bench = await KubeletBench.start();
  await bench.startAgent();
  for (const pod of PODS) bench.node.run(pod);
  await bench.untilRotated(FAST, 3);

  // Between two rotations: the last lines before one are read a moment after it.
  await sleep(1500);
  await missRotations(bench, KEPT_ROTATIONS, () => bench.stopAgent());
  for (let kills = 0; kills < 4; kills += 1) {
    await sleep(random.random() * 4000);
    await bench.killAgent();
    await bench.startAgent();
  }
  // What was read and is not stored may lie in a file that is rotated already.
  await missRotations(bench, KEPT_ROTATIONS - 1, () => bench.killAgent());
  for (let kills = 0; kills < 3; kills += 1) {
    await sleep(random.random() * 4000);
    await bench.node.down();
    await sleep(random.random() * 1000);
    await bench.node.up();
  }
  await bench.untilRotated(FAST, 20);

  await bench.end(PODS);
  await bench.arrival();
  await bench.stopAgent();
  console.log(`${bench.rotated(FAST)} rotations`, bench.again, runsBySource(bench.witness.lines));
  expect(runsBySource(bench.stored)).toEqual(runsBySource(bench.witness.lines));
  expect(bench.gaps).toEqual(new Map());
});
