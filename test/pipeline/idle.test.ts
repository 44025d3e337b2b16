import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { sourceIdOf, sourceOfId } from '../../agent/discover/log-path.ts';
import { FaultyFiles } from '../simulation/faulty-files.ts';
import { ScriptedStore } from '../simulation/scripted-store.ts';
import { assembleBench } from '../support/assemble-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const LOGS = 20;
const SETTLING_MS = 30_000;
const SILENCE_MS = 60_000;
const STEP_MS = 10;

test('beside silent logs, however many, a pipeline is woken once in poll_max_seconds; a new line waits no longer than that', async () => {
  await using dir = await tempDir();
  const clock = new FakeClock();
  const store = new ScriptedStore(clock);
  using logs = new KubeletLogDir(dir.path, { clock });
  const containers = Array.from({ length: LOGS }, (_, n) => logs.start({ namespace: 'shop', pod: `p-${n}`, container: 'app' }));
  const sources = containers.map(({ log }) => ({ ...sourceOfId(sourceIdOf(log.path)!)!, path: log.path }));
  const { pipeline, update, lanes } = await assembleBench(join(dir.path, 'pods'), clock, { store, fs: new FaultyFiles() });
  lanes.start();
  const stop = new AbortController();
  const done = pipeline.run(stop.signal);
  for (const { log } of containers) log.print('hello\n');
  // Logs come one after the other: each has a time of its own at which it was first looked at.
  for (let n = 1; n <= LOGS; n += 1) {
    update(sources.slice(0, n));
    await clock.advance(77);
  }
  await clock.advance(SETTLING_MS);
  expect(store.stored).toHaveLength(LOGS);
  const before = clock.wakeUps;
  await clock.advance(SILENCE_MS);
  expect((clock.wakeUps - before) / (SILENCE_MS / 1000)).toBeLessThanOrEqual(0.5);
  containers[7]!.log.print('after a long silence\n');
  let waitedMs = 0;
  for (; store.stored.length === LOGS; waitedMs += STEP_MS) await clock.advance(STEP_MS);
  // poll_max_seconds, batch_wait_seconds and the store's own time.
  expect(waitedMs).toBeLessThanOrEqual(2000 + 1000 + STEP_MS);
  stop.abort();
  await done;
  await lanes[Symbol.asyncDispose]();
  pipeline.close();
});
