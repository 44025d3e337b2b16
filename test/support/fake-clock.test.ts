import { describe, expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

function draw(seed: number): number[] {
  const clock = new FakeClock({ random: [0, 0.5], seed });
  return Array.from({ length: 20 }, () => clock.random());
}

describe(FakeClock, () => {
  test('sleeps end in the order they are due, equal ones in the order they began', async () => {
    const clock = new FakeClock();
    const ended: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      ended.push(`${name} ${clock.monotonic()}`);
    };
    const all = [sleep('c', 30), sleep('a', 10), sleep('b', 10), sleep('d', 31)];
    expect(clock.sleeping).toStrictEqual([10, 10, 30, 31]);
    await clock.advance(30);
    expect(ended).toStrictEqual(['a 10', 'b 10', 'c 30']);
    await clock.advance(1);
    await Promise.all(all);
    expect(ended.at(-1)).toBe('d 31');
  });

  test('a loop that sleeps again and again runs as often as time allows', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    let turns = 0;
    const loop = async () => {
      while (!stop.signal.aborted) {
        turns++;
        await clock.sleep(100, stop.signal);
      }
    };
    const running = loop();
    await clock.advance(1_050);
    expect(turns).toBe(11);
    expect(clock.sleeping).toStrictEqual([50]);
    stop.abort();
    await running;
    expect(clock.sleeping).toStrictEqual([]);
  });

  test('an aborted signal ends a sleep without time, or before it begins', async () => {
    const clock = new FakeClock();
    await clock.sleep(1_000, AbortSignal.abort());
    const stop = new AbortController();
    const sleep = clock.sleep(1_000, stop.signal);
    stop.abort();
    await sleep;
    expect(clock.monotonic()).toBe(0);
  });

  test('both times move together, a jump moves the wall clock alone', async () => {
    const clock = new FakeClock({ nowMs: 5_000 });
    await clock.advance(250);
    expect([clock.now(), clock.monotonic()]).toStrictEqual([5_250, 250]);
    clock.jump(-3_600_000);
    expect([clock.now(), clock.monotonic()]).toStrictEqual([-3_594_750, 250]);
  });

  test('random numbers: the script first, then the same ones for the same seed', () => {
    expect(draw(1).slice(0, 2)).toStrictEqual([0, 0.5]);
    expect(draw(1)).toStrictEqual(draw(1));
    expect(draw(1)).not.toStrictEqual(draw(2));
    for (const drawn of draw(3)) expect(drawn >= 0 && drawn < 1).toBe(true);
  });
});
