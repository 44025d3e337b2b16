import { expect, test } from 'vitest';
import { Deadline } from '../../agent/runtime/deadline.ts';
import { FakeClock } from '../support/fake-clock.ts';

const MS = 1000;

test('it aborts with what the stop says, also when that was before it', () => {
  const stop = new AbortController();
  using early = new Deadline(MS, stop.signal, new FakeClock());
  expect(early.signal.aborted).toBe(false);
  stop.abort('the end');
  using late = new Deadline(MS, stop.signal, new FakeClock());
  expect([early.signal.reason, late.signal.reason]).toStrictEqual(['the end', 'the end']);
});

test('it aborts with a TimeoutError when the time is up, and not before', async () => {
  const clock = new FakeClock();
  using deadline = new Deadline(MS, new AbortController().signal, clock);
  await clock.advance(MS - 1);
  expect(deadline.signal.aborted).toBe(false);
  await clock.advance(1);
  expect((deadline.signal.reason as Error).name).toBe('TimeoutError');
});

test('once disposed of it neither hears the stop nor knows the time', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const deadline = new Deadline(MS, stop.signal, clock);
  deadline[Symbol.dispose]();
  stop.abort();
  await clock.advance(MS);
  expect(deadline.signal.aborted).toBe(false);
});
