import { describe, expect, test } from 'vitest';
import { Alarm } from '../../agent/runtime/alarm.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** The times at which the alarm goes off, until the test ends. */
function listen(clock: FakeClock, alarm: Alarm, stop: AbortSignal): number[] {
  const rung: number[] = [];
  void (async () => {
    for (;;) {
      await alarm.wait(stop);
      if (stop.aborted) return;
      rung.push(clock.monotonic());
    }
  })();
  return rung;
}

describe(Alarm, () => {
  test('goes off at the earliest time asked for, and knows no other afterwards', async () => {
    const clock = new FakeClock();
    const alarm = new Alarm(clock);
    const stop = new AbortController();
    const rung = listen(clock, alarm, stop.signal);
    alarm.by(500);
    alarm.by(700);
    await clock.advance(100);
    alarm.by(300);
    await clock.advance(10_000);
    expect(rung).toStrictEqual([300]);
    alarm.by(0);
    await clock.advance(0);
    expect([rung, clock.sleeping]).toStrictEqual([[300, 10_100], []]);
    stop.abort();
  });

  test('that was asked for while nobody waited goes off at once when it is due', async () => {
    const clock = new FakeClock();
    const alarm = new Alarm(clock);
    alarm.by(50);
    await clock.advance(60);
    await alarm.wait(new AbortController().signal);
  });

  test('I7 ends when it is called off', async () => {
    const clock = new FakeClock();
    const alarm = new Alarm(clock);
    const stop = new AbortController();
    alarm.by(50);
    const waiting = alarm.wait(stop.signal);
    stop.abort();
    await waiting;
    expect(clock.sleeping).toStrictEqual([]);
  });
});
