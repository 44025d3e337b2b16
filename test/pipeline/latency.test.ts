import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { sourceIdOf, sourceOfId } from '../../agent/discover/log-path.ts';
import { FaultyFiles } from '../simulation/faulty-files.ts';
import { ScriptedStore } from '../simulation/scripted-store.ts';
import { assembleBench } from '../support/assemble-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const LINES = 200;
const WRITTEN_EVERY_MS = 37;
const STEP_MS = 1;
const STORE_MS = 5;

/** Milliseconds that lines of a log which is written all the time take from its file to the store, the longest of all. */
async function longestWaitMs(output: Readonly<Record<string, unknown>>): Promise<number> {
  await using dir = await tempDir();
  const clock = new FakeClock();
  const store = new ScriptedStore(clock);
  using logs = new KubeletLogDir(dir.path, { clock });
  const { log } = logs.start({ namespace: 'shop', pod: 'web-0', container: 'app' });
  const { pipeline, update, lanes } = await assembleBench(join(dir.path, 'pods'), clock, { store, output, fs: new FaultyFiles() });
  lanes.start();
  const stop = new AbortController();
  const done = pipeline.run(stop.signal);
  update([{ ...sourceOfId(sourceIdOf(log.path)!)!, path: log.path }]);
  const printedMs: number[] = [];
  let longestMs = 0;
  let known = 0;
  for (let ms = 0; store.stored.length < LINES; ms += STEP_MS) {
    if (ms % WRITTEN_EVERY_MS === 0 && printedMs.length < LINES) {
      log.print(`${printedMs.length}\n`);
      printedMs.push(ms);
    }
    await clock.advance(STEP_MS);
    for (; known < store.stored.length; known += 1) longestMs = Math.max(longestMs, ms + STEP_MS - printedMs[known]!);
  }
  stop.abort();
  await done;
  await lanes[Symbol.asyncDispose]();
  pipeline.close();
  return longestMs;
}

test('by default a line is stored within poll_min_seconds and batch_wait_seconds', async () => {
  expect(await longestWaitMs({})).toBeLessThanOrEqual(250 + 1000 + STORE_MS + STEP_MS);
});

test('whoever has batches sent within a tenth of a second has files looked at as often', async () => {
  expect(await longestWaitMs({ batch_wait_seconds: 0.1 })).toBeLessThanOrEqual(100 + 100 + STORE_MS + STEP_MS);
});

test('without any wait for a batch a file is looked at ten times a second', async () => {
  expect(await longestWaitMs({ batch_wait_seconds: 0 })).toBeLessThanOrEqual(100 + STORE_MS + STEP_MS);
});

test('a line of a log that is silent for long is looked at within twice poll_min_seconds while another log has a backlog', async () => {
  await using dir = await tempDir();
  const clock = new FakeClock();
  const store = new ScriptedStore(clock);
  using logs = new KubeletLogDir(dir.path, { clock });
  const [noisy, quiet] = ['noisy', 'quiet'].map((pod) => logs.start({ namespace: 'shop', pod, container: pod }).log);
  const output = { accepts: { stream_rate_bytes: 0 } };
  const { pipeline, update, lanes } = await assembleBench(join(dir.path, 'pods'), clock, { store, output, fs: new FaultyFiles() });
  lanes.start();
  const stop = new AbortController();
  const done = pipeline.run(stop.signal);
  update([noisy!, quiet!].map(({ path }) => ({ ...sourceOfId(sourceIdOf(path)!)!, path })));
  const burst = `${'x'.repeat(1000)}\n`.repeat(300);
  const printedMs = new Map<string, number>();
  const waitsMs: number[] = [];
  let known = 0;
  for (let ms = 0; ms < 40_000; ms += 10) {
    if (ms % 500 === 0) noisy!.print(burst);
    if (ms % 3370 === 0) {
      quiet!.print(`quiet ${ms}\n`);
      printedMs.set(`quiet ${ms}`, ms);
    }
    await clock.advance(10);
    for (; known < store.stored.length; known += 1) {
      const sinceMs = printedMs.get(store.stored[known]!.line);
      if (sinceMs !== undefined) waitsMs.push(ms + 10 - sinceMs);
    }
  }
  expect(waitsMs.length).toBeGreaterThanOrEqual(11);
  // The look, and no more of the wait for a batch than the noisy one leaves.
  expect(Math.max(...waitsMs)).toBeLessThanOrEqual(2 * 250 + 500 + STORE_MS + 10);
  stop.abort();
  await done;
  await lanes[Symbol.asyncDispose]();
  pipeline.close();
});
