import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Checkpointer } from '../../agent/checkpoint/checkpointer.ts';
import { type Checkpoints, CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { tempDir } from '../support/temp-dir.ts';

async function checkpointing(collect: () => Checkpoints) {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const directory = join(dir.path, 'state');
  const store = new CheckpointStore(directory);
  await store.load();
  const clock = new FakeClock();
  const log = new LogRecorder();
  const progress = new Wakeup();
  return {
    directory,
    clock,
    log,
    progress,
    checkpointer: new Checkpointer({ store, collect, progress, clock, log: log.throttled(clock) }),
  };
}

describe(Checkpointer, () => {
  test('I8 saves as soon as there is progress, but no more often than the interval, and not after it was stopped', async () => {
    const savedMs: number[] = [];
    const { clock, progress, checkpointer } = await checkpointing(() => {
      savedMs.push(clock.monotonic());
      return {};
    });
    const stop = new AbortController();
    const running = checkpointer.run(1000, stop.signal);
    await clock.advance(100);
    progress.ring();
    await clock.advance(0);
    // A save is a matter of the disk, for which a fake clock does not wait.
    while (clock.sleeping.length === 0) await new Promise((resolve) => setImmediate(resolve));
    progress.ring();
    await clock.advance(999);
    expect(savedMs).toStrictEqual([100]);
    await clock.advance(1);
    expect(savedMs).toStrictEqual([100, 1100]);
    stop.abort();
    progress.ring();
    await running;
    expect(savedMs).toHaveLength(2);
  });

  test('without any progress it still saves now and then', async () => {
    let saves = 0;
    const { clock, checkpointer } = await checkpointing(() => {
      saves += 1;
      return {};
    });
    const stop = new AbortController();
    const running = checkpointer.run(1000, stop.signal);
    await clock.advance(9999);
    expect(saves).toBe(0);
    await clock.advance(1);
    expect(saves).toBe(1);
    stop.abort();
    await running;
  });

  test('a disk that refuses is counted and said, and the next save goes on', async () => {
    const { directory, clock, log, checkpointer } = await checkpointing(() => ({ loki: {} }));
    await rename(directory, `${directory}.gone`);
    await clock.advance(5000);
    await checkpointer.save();
    expect([checkpointer.failures, checkpointer.savedMs]).toStrictEqual([1, 0]);
    expect(log.said).toMatchObject([{ level: 'warn', fields: { code: 'ENOENT' } }]);
    await rename(`${directory}.gone`, directory);
    await checkpointer.save();
    expect([checkpointer.failures, checkpointer.savedMs]).toStrictEqual([1, 5000]);
  });

  test('a bug while positions are collected is none of the disk', async () => {
    const { checkpointer } = await checkpointing(() => {
      throw new TypeError('bug');
    });
    await expect(checkpointer.save()).rejects.toThrow(new TypeError('bug'));
    expect(checkpointer.failures).toBe(0);
  });
});
