import { describe, expect, test } from 'vitest';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** Whether a promise settles without anything else happening. */
async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe(Wakeup, () => {
  test('wakes all who wait, once', async () => {
    const bell = new Wakeup();
    const waiters = [bell.wait(), bell.wait()];
    expect(await isSettled(waiters[0]!)).toBe(false);
    bell.ring();
    await Promise.all(waiters);
    expect(await isSettled(bell.wait())).toBe(false);
  });

  test('a ring that nobody heard is remembered for one waiter', async () => {
    const bell = new Wakeup();
    bell.ring();
    bell.ring();
    await bell.wait();
    expect(await isSettled(bell.wait())).toBe(false);
  });

  test('an aborted signal ends a wait, before or after it has begun', async () => {
    const bell = new Wakeup();
    await bell.wait(AbortSignal.abort());
    const stop = new AbortController();
    const waiting = bell.wait(stop.signal);
    stop.abort();
    await waiting;
  });

  test('waits no longer than it is told, and leaves nothing behind', async () => {
    const bell = new Wakeup();
    const clock = new FakeClock();
    const never = new AbortController().signal;
    const waiting = bell.waitAtMost(1000, clock, never);
    await clock.advance(999);
    expect(await isSettled(waiting)).toBe(false);
    await clock.advance(1);
    await waiting;
    const early = bell.waitAtMost(1000, clock, never);
    bell.ring();
    await early;
    expect(clock.sleeping).toStrictEqual([]);
  });
});
