import { expect, test } from 'vitest';
import type { PodSpec } from '../support/kubelet-node.ts';
import { type LinesBySource, linesWithout, runsBySource } from '../support/lines-by-source.ts';
import { KubeletBench } from './kubelet-bench.ts';

const FAST: PodSpec = {
  namespace: 'forgotten',
  name: 'fast',
  container: 'app',
  rate: 1000,
  pad: 100,
  count: 0,
  exitCode: 0,
  restart: 'Always',
};
const PODS: readonly PodSpec[] = [FAST, { ...FAST, name: 'other' }];
/** The kubelet keeps four rotated files: the others vanish unread. */
const MISSED_ROTATIONS = 9;

test('I5 I8 an agent that is down for more rotations than the kubelet keeps files ships all that is left', async () => {
  await using bench = await KubeletBench.start();
  await bench.startAgent();
  for (const pod of PODS) bench.node.run(pod);
  await bench.untilRotated(FAST, 1);
  await bench.stopAgent();
  await bench.untilRotated(FAST, 1 + MISSED_ROTATIONS);
  // Nothing vanishes between the look at the disk and the agent's own.
  await bench.node.down();
  const { vanished } = bench;
  await bench.startAgent();
  await bench.node.up();
  await bench.untilRotated(FAST, MISSED_ROTATIONS + 2);
  await bench.end(PODS);
  await bench.arrival();

  console.log(runsBySource(bench.witness.lines), 'vanished', runsBySource(vanished));
  expect(vanished.size).toBe(PODS.length);
  expect(runsBySource(bench.stored)).toEqual(runsBySource(linesWithout(bench.witness.lines, vanished)));
  await expectLossToBeTold(bench, vanished);
  await bench.stopAgent();
});

/** What the running agent has to say about lines that vanished while it was down: one gap in the streams of each source, and a counter. */
async function expectLossToBeTold(bench: KubeletBench, vanished: LinesBySource): Promise<void> {
  expect(bench.gaps).toEqual(new Map([...vanished.keys()].map((source) => [source, ['deleted_unread']])));
  expect(await bench.metric('logferry_losses_total', ',reason="deleted_unread"')).toBe(vanished.size);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
}
