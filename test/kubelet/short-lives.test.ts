import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FakeClock } from '../support/fake-clock.ts';
import type { PodSpec } from '../support/kubelet-node.ts';
import { linesWithout, runsBySource } from '../support/lines-by-source.ts';
import { KubeletBench } from './kubelet-bench.ts';

const COMMON = { namespace: 'short-lived', container: 'job', pad: 50, exitCode: 0, restart: 'Always' } as const;
/** Lives for 300 ms. */
const SHORT = { ...COMMON, rate: 100, count: 30 };
const JOBS = podsOf('job', { ...SHORT, restart: 'Never' });
/** Is removed as soon as it is heard: its log goes 0.4 s after its last line, and is not much older then. */
const BRIEF = podsOf('brief', { ...COMMON, rate: 2000, count: 0 });
/** Prints too little for a rotation: the agent has all of their files open. */
const QUIET = podsOf('quiet', { ...COMMON, rate: 200, count: 0 });
/** Each log of theirs goes when the next one's program has ended. */
const CRASHING = podsOf('crashing', { ...SHORT, exitCode: 1 });
const RETURNING = podsOf('returning', SHORT);
const SEED = Date.now() % 1_000_000;

function podsOf(name: string, pod: Omit<PodSpec, 'name'>): PodSpec[] {
  return [1, 2, 3, 4, 5].map((number) => ({ ...pod, name: `${name}-${number}` }));
}

test('I5 pods that live for 300 ms, and pods that are removed while they talk', async () => {
  await using bench = await KubeletBench.start();
  await bench.startAgent();
  for (const job of JOBS) bench.node.run(job);
  await Promise.all(
    BRIEF.map(async (pod) => {
      bench.node.run(pod);
      await bench.talking(pod);
      await bench.end([pod]);
    }),
  );
  await bench.ended(JOBS);
  await bench.arrival();
  await bench.stopAgent();
  expect(runsBySource(bench.stored)).toEqual(runsBySource(bench.witness.lines));
  expect(bench.gaps).toEqual(new Map());
});

test('I5 pods whose logs are removed before an agent that is late has read them', async () => {
  await using bench = await KubeletBench.start();
  await bench.startAgent();
  for (const pod of QUIET) bench.node.run(pod);
  await Promise.all(QUIET.map((pod) => bench.shipping(pod)));
  await bench.removeUnseen(QUIET);
  await bench.arrival();
  await bench.stopAgent();
  expect(runsBySource(bench.stored)).toEqual(runsBySource(bench.witness.lines));
  expect(bench.gaps).toEqual(new Map());
});

test(`I5 I8 crash loops, and an agent that is killed at random moments (seed ${SEED})`, async () => {
  const random = new FakeClock({ seed: SEED });
  await using bench = await KubeletBench.start();
  await bench.startAgent();
  for (const pod of [...CRASHING, ...RETURNING]) bench.node.run(pod);
  const vanished = new Set<string>();
  for (let kills = 0; kills < 5; kills += 1) {
    await sleep(1000 + random.random() * 4000);
    await bench.killAgent();
    await bench.startAgent();
    for (const source of bench.vanished.keys()) vanished.add(source);
  }
  // No container is started any more, and those that were have ended; one that was being started may have been cut short.
  await bench.node.down();
  await sleep(2000);
  await bench.arrival(vanished);
  await bench.stopAgent();

  const { lines } = bench.witness;
  const missing = linesWithout(lines, bench.stored);
  console.log(`${lines.size} logs, ${missing.size} gone with unread lines while the agent was down`, bench.again);
  expect([...missing.keys()].filter((source) => !vanished.has(source))).toEqual([]);
  expect(runsBySource(bench.stored)).toEqual(runsBySource(linesWithout(lines, missing)));
  expect(lines.size).toBeGreaterThan(CRASHING.length + RETURNING.length);
});
