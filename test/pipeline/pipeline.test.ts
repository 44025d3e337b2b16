import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { sourceIdOf, sourceOfId } from '../../agent/discover/log-path.ts';
import { CHANNEL_NAMES } from '../../agent/model/record.ts';
import { ScriptedStore } from '../simulation/scripted-store.ts';
import { assembleBench } from '../support/assemble-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const PART_BYTES = 200_000;

/** Text that hardly compresses. */
function noise(bytes: number): string {
  let text = '';
  for (let n = 1; text.length < bytes; n += 1) text += ((n * 2_654_435_761) % 4_294_967_291).toString(36);
  return text.slice(0, bytes);
}

test('I3 I5 long lines of both channels that are given up at once stay within the memory budget', async () => {
  await using dir = await tempDir();
  const clock = new FakeClock();
  const store = new ScriptedStore(clock);
  using logs = new KubeletLogDir(dir.path, { clock });
  const { log } = logs.start({ namespace: 'shop', pod: 'p', container: 'app' });
  const { pipeline, update, lanes, budget } = await assembleBench(join(dir.path, 'pods'), clock, { store });
  lanes.start();
  const stop = new AbortController();
  const done = pipeline.run(stop.signal);
  update([{ ...sourceOfId(sourceIdOf(log.path)!)!, path: log.path }]);
  for (const channel of CHANNEL_NAMES) log.append(`2024-05-01T12:00:00Z ${channel} P ${noise(PART_BYTES)}\n`);
  const wait = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 250) {
      await clock.advance(250);
      for (let turn = 0; turn < 20; turn += 1) await turnOfTheLoop();
      expect(budget.usedBytes).toBeLessThanOrEqual(budget.limitBytes);
    }
  };
  await wait(5000);
  expect(store.stored).toStrictEqual([]);
  let heldByOthers = 0;
  while (!lanes.own.full) {
    heldByOthers += 1000;
    budget.take(1000);
  }
  budget.give(1000);
  store.fail('hang');
  await wait(60_000);
  budget.give(heldByOthers - 1000);
  await wait(60_000);
  expect(store.stored.map(({ line }) => line.length)).toStrictEqual([PART_BYTES, PART_BYTES]);
  stop.abort();
  await done;
  await lanes[Symbol.asyncDispose]();
  pipeline.close();
});
