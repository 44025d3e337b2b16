import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamWindows } from '../../agent/pipeline/stream-windows.ts';

const WINDOW_SECONDS = 100;

interface Member {
  headSeconds: number;
  behind: boolean;
}

function member(headSeconds: number, behind = true): Member {
  return { headSeconds, behind };
}

describe(StreamWindows, () => {
  const [one, other] = [{}, {}];

  test('who is alone in a stream may send any time', () => {
    const windows = new StreamWindows<Member>(WINDOW_SECONDS);
    const alone = member(5);
    windows.join(one, alone);
    windows.join(other, member(0));
    expect(windows.latest(one, alone)).toBe(Number.POSITIVE_INFINITY);
  });

  test('the oldest of the others that are behind counts, and none that has nothing more to say', () => {
    const windows = new StreamWindows<Member>(WINDOW_SECONDS);
    const members = [member(1000), member(300), member(200), member(10, false)];
    for (const each of members) windows.join(one, each);
    expect(members.map((each) => windows.latest(one, each))).toStrictEqual([300, 300, 400, 300]);
  });

  test('who joined twice, by both channels, waits neither for itself nor for who has left', () => {
    const windows = new StreamWindows<Member>(WINDOW_SECONDS);
    const [a, b] = [member(1000), member(5)];
    for (const each of [a, a, b]) windows.join(one, each);
    windows.leave(one, b);
    windows.leave(other, a);
    expect(windows.latest(one, a)).toBe(Number.POSITIVE_INFINITY);
  });

  test('who has not begun yet is waited for', () => {
    const windows = new StreamWindows<Member>(WINDOW_SECONDS);
    const ahead = member(1000);
    for (const each of [ahead, member(Number.NEGATIVE_INFINITY)]) windows.join(one, each);
    expect(windows.latest(one, ahead)).toBe(Number.NEGATIVE_INFINITY);
  });

  test('without a window nobody waits', () => {
    const windows = new StreamWindows<Member>(Number.POSITIVE_INFINITY);
    const ahead = member(1000);
    for (const each of [ahead, member(0)]) windows.join(one, each);
    expect(windows.latest(one, ahead)).toBe(Number.POSITIVE_INFINITY);
  });

  test('I5 I6 sources of one stream, in whatever turns: none is ever too far behind what was sent, and none waits for ever', () => {
    const times = fc.array(fc.nat(2000), { maxLength: 8 }).map((list) => list.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(fc.array(times, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (logs, choices) => {
        const windows = new StreamWindows<Member>(WINDOW_SECONDS);
        const sources = logs.map((left) => ({ left: [...left], headSeconds: Number.NEGATIVE_INFINITY, behind: true }));
        for (const source of sources) windows.join(one, source);
        let newest = Number.NEGATIVE_INFINITY;
        let idleTurns = 0;
        while (sources.some(({ left }) => left.length > 0)) {
          // By chance, but each of them in the end.
          const source = sources[(idleTurns > 20 ? idleTurns : choices.next().value!) % sources.length]!;
          const next = source.left[0];
          idleTurns += 1;
          expect(idleTurns).toBeLessThan(40);
          if (next === undefined) {
            source.behind = false;
            continue;
          }
          source.headSeconds = next;
          if (next > windows.latest(one, source)) continue;
          expect(next).toBeGreaterThanOrEqual(newest - WINDOW_SECONDS);
          newest = Math.max(newest, next);
          source.left.shift();
          idleTurns = 0;
        }
      }),
    );
  });
});
