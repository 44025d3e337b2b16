import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Checkpointer } from '../../agent/checkpoint/checkpointer.ts';
import type { Checkpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { at, stateDir } from './some-checkpoints.ts';

async function checkpointing(collect: () => Checkpoints) {
  const directory = await stateDir();
  const store = new CheckpointStore(directory);
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

/** A save is a matter of the disk, for which a fake clock does not wait. */
async function untilItSleeps(clock: FakeClock): Promise<void> {
  while (clock.sleeping.length === 0) await new Promise((resolve) => setImmediate(resolve));
}

describe('run', () => {
  test('I8 saves at once, then as soon as there is progress, but no more often than the interval, and not after it was stopped', async () => {
    const savedMs: number[] = [];
    const { clock, progress, checkpointer } = await checkpointing(() => {
      savedMs.push(clock.monotonic());
      return at(savedMs.length);
    });
    const stop = new AbortController();
    const running = checkpointer.run(() => 1000, stop.signal);
    await untilItSleeps(clock);
    progress.ring();
    await clock.advance(999);
    expect(savedMs).toStrictEqual([0]);
    await clock.advance(1);
    await untilItSleeps(clock);
    await clock.advance(2500);
    progress.ring();
    await clock.advance(0);
    await untilItSleeps(clock);
    expect(savedMs).toStrictEqual([0, 1000, 3500]);
    stop.abort();
    progress.ring();
    await running;
    expect(savedMs).toHaveLength(3);
  });

  test('without any progress it still saves now and then', async () => {
    let saves = 0;
    const { clock, checkpointer } = await checkpointing(() => {
      saves += 1;
      return at(0);
    });
    const stop = new AbortController();
    const running = checkpointer.run(() => 1000, stop.signal);
    await untilItSleeps(clock);
    await clock.advance(10_999);
    expect(saves).toBe(1);
    await clock.advance(1);
    expect(saves).toBe(2);
    stop.abort();
    await running;
  });
});

describe('a disk that refuses', () => {
  test('is counted and said once; since when and why is known; the end of it is said once too', async () => {
    const { directory, clock, log, checkpointer } = await checkpointing(() => at(1));
    writeFileSync(directory, '');
    await clock.advance(5000);
    await checkpointer.save();
    await clock.advance(2000);
    await checkpointer.save();
    expect([checkpointer.failures, checkpointer.savedMs]).toStrictEqual([2, 0]);
    expect(checkpointer.undurable).toStrictEqual({ sinceMs: 5000, why: expect.stringMatching(/^EEXIST: /) as string });
    expect(log.said).toMatchObject([{ level: 'warn', fields: { code: 'EEXIST' } }]);
    rmSync(directory);
    for (let n = 0; n < 2; n += 1) await checkpointer.save();
    expect([checkpointer.failures, checkpointer.savedMs, checkpointer.undurable]).toStrictEqual([2, 7000, null]);
    expect(log.said.slice(1)).toStrictEqual([
      { level: 'info', fields: { seconds: 2, failures: 2 }, message: 'checkpoints are written again' },
    ]);
  });

  test('again and again is said no more often than the throttle allows, the ends of it included', async () => {
    const { directory, clock, log, checkpointer } = await checkpointing(() => at(1));
    for (let n = 0; n < 100; n += 1) {
      writeFileSync(directory, '');
      await checkpointer.save();
      rmSync(directory);
      await checkpointer.save();
      rmSync(directory, { recursive: true });
      await clock.advance(1000);
    }
    expect(log.said.map(({ level }) => level)).toStrictEqual(['warn', 'info', 'warn', 'info']);
    expect(checkpointer.failures).toBe(100);
  });

  test('without an answer is known too: a write that hangs', async () => {
    const { clock, checkpointer } = await checkpointing(() => at(1));
    await clock.advance(5000);
    const saving = checkpointer.save();
    expect(checkpointer.undurable).toStrictEqual({ sinceMs: 5000, why: 'a write does not end' });
    await saving;
    expect(checkpointer.undurable).toBeNull();
  });
});

test('a bug while positions are collected is none of the disk', async () => {
  const { checkpointer } = await checkpointing(() => {
    throw new TypeError('bug');
  });
  await expect(checkpointer.save()).rejects.toThrow(new TypeError('bug'));
  expect([checkpointer.failures, checkpointer.undurable]).toStrictEqual([0, null]);
});
