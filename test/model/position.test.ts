import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasSettled, INITIAL_STATE, newerOf, newestTime, type Position, type Time, unsettledBytes } from '../../agent/model/position.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';

function positionOf(
  sizes: readonly number[],
  places: readonly [Place, Place],
  ends: readonly [Time, Time] = [
    [0, 0],
    [0, 0],
  ],
): Position {
  const channel = ([file, offset]: Place, runEnd: Time): Position['channels'][0] => ({
    file,
    offset,
    record: null,
    state: { ...INITIAL_STATE, runEnd },
  });
  return {
    files: sizes.map((size, n) => ({ file: { dev: '1', ino: String(n) }, fingerprint: { bytes: 1, hash: 'x' }, size })),
    channels: [channel(places[0], ends[0]), channel(places[1], ends[1])],
    gaps: [],
  };
}

type Place = readonly [file: number, offset: number];

describe(unsettledBytes, () => {
  test.each<[string, readonly number[], readonly [Place, Place], number]>([
    [
      'all is settled',
      [100],
      [
        [0, 100],
        [0, 100],
      ],
      0,
    ],
    [
      'the earlier channel counts',
      [100],
      [
        [0, 40],
        [0, 70],
      ],
      60,
    ],
    [
      'files before both channels are settled',
      [100, 50],
      [
        [1, 10],
        [1, 20],
      ],
      40,
    ],
    [
      'channels in different files',
      [100, 50],
      [
        [0, 90],
        [1, 20],
      ],
      60,
    ],
    [
      'files behind both channels are not',
      [100, 50, 7],
      [
        [0, 100],
        [0, 100],
      ],
      57,
    ],
    [
      'a place behind what was last seen of a file',
      [100, 50],
      [
        [0, 120],
        [0, 130],
      ],
      50,
    ],
    [
      'nothing was read',
      [100, 50],
      [
        [0, 0],
        [0, 0],
      ],
      150,
    ],
  ])('%s', (_, sizes, places, bytes) => {
    expect(unsettledBytes(positionOf(sizes, places))).toBe(bytes);
  });

  test('is what lies behind the earlier of two places in the files as one run of bytes', () => {
    const files = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(files, fc.nat(10_000), fc.nat(10_000), (sizes, a, b) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const placeOf = (at: number): Place => {
          let file = 0;
          for (; file < sizes.length - 1 && at >= sizes[file]!; file += 1) at -= sizes[file]!;
          return [file, at];
        };
        const [out, err] = [a % (total + 1), b % (total + 1)];
        expect(unsettledBytes(positionOf(sizes, [placeOf(out), placeOf(err)]))).toBe(total - Math.min(out, err));
      }),
    );
  });
});

/** Of a small time, as one number. */
function nanosOf([seconds, nanos]: Time): number {
  return seconds * 1e9 + nanos;
}

describe('the newest entry', () => {
  const time = fc.tuple(fc.nat(3), fc.nat(3));

  test('is that of the channel that is ahead; of equal ones stdout', () => {
    expect(newerOf([5, 7], [5, 8])).toStrictEqual({ time: [5, 8], channel: STDERR });
    expect(newerOf([6, 0], [5, 8])).toStrictEqual({ time: [6, 0], channel: STDOUT });
    expect(newerOf([5, 8], [5, 8])).toStrictEqual({ time: [5, 8], channel: STDOUT });
  });

  test('is no older than either, and one of them, and a position knows it', () => {
    fc.assert(
      fc.property(time, time, (out, err) => {
        const newest = newerOf(out, err);
        expect(nanosOf(newest.time)).toBe(Math.max(nanosOf(out), nanosOf(err)));
        expect(newest.time).toStrictEqual([out, err][newest.channel]);
        expect(
          newestTime(
            positionOf(
              [1],
              [
                [0, 0],
                [0, 0],
              ],
              [out, err],
            ),
          ),
        ).toStrictEqual(newest);
      }),
    );
  });
});

function file(ino: number): { dev: string; ino: string } {
  return { dev: '1', ino: String(ino) };
}

describe(hasSettled, () => {
  test('a file is settled when every channel resumes behind it, and not while one is in it, at its end or unknown', () => {
    const position = positionOf(
      [10, 10, 10, 10],
      [
        [2, 10],
        [3, 0],
      ],
    );
    expect([0, 1, 2, 3, 4].map((ino) => hasSettled(position, file(ino)))).toEqual([true, true, false, false, false]);
    expect(hasSettled(position, { dev: '2', ino: '0' })).toBe(false);
  });

  test('of two files with one inode it is the newer', () => {
    const position = positionOf(
      [10, 10, 10],
      [
        [1, 0],
        [1, 0],
      ],
    );
    const files = position.files.map((known, index) => (index === 2 ? { ...known, file: file(0) } : known));
    expect(hasSettled({ ...position, files }, file(0))).toBe(false);
  });
});
