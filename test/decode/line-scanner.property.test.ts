import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { LineScanner } from '../../agent/decode/line-scanner.ts';
import type { RecordView } from '../../agent/model/record.ts';
import type { LineBounds } from '../../agent/runtime/line-table.ts';
import { compile, MODULES } from '../../tools/lines/build.ts';
import { entryOf, LogFeed } from './log-feed.ts';
import { randomLogs, stops } from './random-log.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What one line of a table may be, and how many bytes it may take: of each table in turn. */
type Limits = Pick<LineBounds, 'roomBytes' | 'maxLineBytes'> & { readonly open: readonly [boolean, boolean] };

const NOON = 1_714_564_800;
const ALL: Limits = { roomBytes: 1e9, maxLineBytes: 1e9, open: [true, true] };

/** Sets the bounds of each table in turn, and so on from the first; of a channel that is not open there may be no line. */
function bounding(turns: readonly Limits[]): (bounds: LineBounds) => void {
  let turn = 0;
  return (bounds) => {
    const { roomBytes, maxLineBytes, open } = turns[turn % turns.length]!;
    turn += 1;
    Object.assign(bounds, { roomBytes, maxLineBytes });
    bounds.channels.forEach((channel, index) => {
      Object.assign(channel, {
        oldest: Number.NEGATIVE_INFINITY,
        newest: open[index] === true ? Number.POSITIVE_INFINITY : -1,
        overheadBytes: 32,
      });
    });
  };
}

/** One life of a decoder: its entries, what it would resume from before each that was not in a table, and its state at each stop. */
function livesOf(files: readonly Buffer[], options: ConstructorParameters<typeof LogFeed>[1], places: readonly number[]): Life {
  const feed = new LogFeed(files, options);
  const life: Life = { entries: [], resumes: new Map(), states: [], inTables: 0 };
  const take = (view: RecordView): void => {
    const { channel, content, seconds, nanos, metadata } = entryOf(view);
    life.entries.push(JSON.stringify([channel, content.toString('latin1'), seconds, nanos, metadata]));
    if (feed.inTable) life.inTables += 1;
    else life.resumes.set(life.entries.length, JSON.stringify(feed.decoder.resumeBeforeEntry()));
  };
  for (const place of [...places, Number.POSITIVE_INFINITY]) {
    feed.readTo(place, take);
    const { at, counts, newest, holds } = feed.decoder;
    life.states.push(JSON.stringify([at, counts, newest, holds, feed.decoder.resumePoint()]));
  }
  feed.inTable = false;
  feed.end(take);
  return life;
}

interface Life {
  readonly entries: string[];
  readonly resumes: Map<number, string>;
  readonly states: string[];
  inTables: number;
}

/** The fields of a record, in their order, and what may stand there. */
const FIELDS = {
  hour: fc.constantFrom('2024-05-01T12', '2024-05-01T12', '2024-05-01T13'),
  minutes: fc.constantFrom(':00:00', ':00:00', ':00:01', ':07:59', ':59:59'),
  fraction: fc.oneof(
    fc.nat(999_999_999).map((n) => `.${String(n).padStart(9, '0')}`),
    fc.constantFrom('.5', '.999999999', '.999999998', '.999999997'),
  ),
  zone: fc.constantFrom('Z', 'Z', 'Z', '+00:00'),
  channel: fc.constantFrom(' stdout ', ' stderr '),
  tag: fc.constant('F '),
  text: fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: 60 }) },
    fc.nat(400).map((length) => 'x'.repeat(length)),
  ),
  end: fc.constant('\n'),
};

/** What nearly may stand there, or seldom does. */
const ODDITIES: Readonly<Record<keyof typeof FIELDS, readonly string[]>> = {
  hour: ['2024-02-30T12', '1969-12-31T23', '1970-01-01T00', '2150-01-01T00', '2024-05-01 12', ''],
  minutes: [':59:60', ':60:00', ':0a:00', '-00:00', ':00;00', ':00:0', ':00:61'],
  fraction: ['', '.', '.1234567891', ',5', ':5', '.0', '.000000000'],
  zone: ['+05:30', '-03:00', '+0530', 'z', '', '+24:00'],
  channel: [' stdin ', '  stdout ', ' stdout', 'stdout ', '\tstderr '],
  tag: ['F', 'P ', 'F:x ', ' ', 'G ', 'FF '],
  text: ['', '\0'],
  end: ['\r\n', '', '\n\n', '\n\0\n'],
};

const oddity = fc.constantFrom(...Object.entries(ODDITIES).flatMap(([field, values]) => values.map((value) => ({ [field]: value }))));

/** Records as a runtime writes them, and now and then one that nearly is. */
const nearlyLogs = fc
  .array(fc.tuple(fc.record(FIELDS, { noNullPrototype: true }), fc.option(oddity, { freq: 2 })), { maxLength: 60 })
  .map((lines) => Buffer.from(lines.map(([fields, odd]) => Object.values({ ...fields, ...odd }).join('')).join('')));

const limits: fc.Arbitrary<Limits> = fc.record({
  roomBytes: fc.constantFrom(1e9, 1e9, 200, 33, 32, 0, -1),
  maxLineBytes: fc.constantFrom(1e9, 1e9, 40, 0),
  open: fc.constantFrom<Limits['open'][]>([true, true], [true, true], [true, true], [true, false], [false, true], [false, false]),
});
const turns = fc.array(limits, { minLength: 1, maxLength: 5 });

describe(LineScanner, () => {
  test('I5 I9 lines are in a table what they are one by one, in any log and within any bounds', () => {
    fc.assert(
      fc.property(randomLogs, stops, turns, ({ files, ...options }, places, turns) => {
        const plain = livesOf(files, options, places);
        const tabled = livesOf(files, { ...options, bound: bounding(turns) }, places);
        expect(tabled.entries).toStrictEqual(plain.entries);
        expect(tabled.states).toStrictEqual(plain.states);
        for (const [entry, resume] of tabled.resumes) expect(resume).toBe(plain.resumes.get(entry));
      }),
      { numRuns: 1000 },
    );
  });

  test('I5 I9 so are records that are nearly what they should be', () => {
    fc.assert(
      fc.property(nearlyLogs, turns, (file, turns) => {
        const plain = livesOf([file], { chunkBytes: 2000, maxLineBytes: 300 }, []);
        const tabled = livesOf([file], { chunkBytes: 2000, maxLineBytes: 300, bound: bounding(turns) }, []);
        expect(tabled.entries).toStrictEqual(plain.entries);
        expect(tabled.states).toStrictEqual(plain.states);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['Z', 0],
    ['+05:30', 5.5],
    ['-03:00', -3],
  ])('plain lines of zone %s are all in tables, over the hours', (zone, hours) => {
    const lines = Array.from({ length: 1000 }, (_, n) => {
      const time = new Date((NOON + hours * 3600 + n * 7) * 1000).toISOString().slice(0, 19);
      return `${time}.${n + 1}${zone} ${n % 3 === 0 ? 'stderr' : 'stdout'} F ${'x'.repeat(n % 70)}\n`;
    });
    const { entries, inTables } = livesOf([Buffer.from(lines.join(''))], { bound: bounding([ALL]) }, []);
    expect([entries.length, inTables]).toStrictEqual([1000, 1000]);
    expect(JSON.parse(entries[999]!)).toStrictEqual([1, 'x'.repeat(999 % 70), NOON + 999 * 7, 100_000_000, null]);
  });

  test('lines out of bounds are none of a table', () => {
    const file = Buffer.from([1, 2, 3, 4].map((n) => `2024-05-01T12:00:0${n}.5Z stdout F ${'x'.repeat(n)}\n`).join(''));
    const linesWith = (change: (bounds: LineBounds) => void): number => {
      const all = bounding([ALL]);
      const bound = (bounds: LineBounds): void => {
        all(bounds);
        change(bounds);
      };
      return livesOf([file], { bound }, []).inTables;
    };
    expect(linesWith(({ channels: [out] }) => void (out.oldest = NOON + 3))).toBe(2);
    expect(linesWith(({ channels: [out] }) => void (out.newest = NOON + 3))).toBe(3);
    expect(linesWith((bounds) => void (bounds.maxLineBytes = 2))).toBe(2);
    expect(linesWith((bounds) => void (bounds.roomBytes = 34))).toBe(2);
    expect(linesWith(({ channels: [out] }) => void (out.newest = -1))).toBe(0);
  });

  test.each(MODULES)('the compiled module is that of $source; else run: node tools/lines/build.ts', async (module) => {
    expect(readFileSync(module.compiled, 'utf8')).toBe(await compile(module));
  });
});
