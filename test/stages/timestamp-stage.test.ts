import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileLayout, LAYOUT_NAMES } from '../../agent/layouts/compile-layout.ts';
import { Entry } from '../../agent/process/entry.ts';
import { Memory } from '../../agent/process/memory.ts';
import { TimestampStage } from '../../agent/process/timestamp-stage.ts';
import { civilSeconds, rfc3339Nano, type Time } from '../../agent/runtime/civil-time.ts';
import { viewOf } from './entry.ts';

/** 2019-10-01T01:02:03Z */
const RUNTIME = 1_569_891_723;

interface Options {
  readonly format?: string;
  readonly fallbacks?: readonly string[];
  readonly skip?: boolean;
}

/** Hands lines of one channel, each a time that was extracted and the runtime's, to a stage. */
class Clocked {
  readonly #stage: TimestampStage;
  readonly #memory = new Memory(2);
  readonly faults: string[] = [];

  constructor({ format = 'RFC3339Nano', fallbacks = [], skip = false }: Options = {}, kept: readonly number[] = []) {
    this.#stage = new TimestampStage({
      source: 0,
      layouts: [format, ...fallbacks].map((written) => compileLayout(written, null)!),
      follows: !skip,
      maxBehindSeconds: 3000,
      maxAheadSeconds: 300,
      lastSeconds: this.#memory.slot(),
      lastNanos: this.#memory.slot(),
      countFault: (fault) => this.faults.push(fault),
    });
    this.#memory.restore(0, kept);
  }

  get kept(): readonly number[] {
    return this.#memory.now(0);
  }

  time(text: string | null, [seconds, nanos]: Time, channel: 0 | 1 = 0): Time {
    const entry = new Entry(viewOf(Buffer.from('hello world')));
    Object.assign(entry.view, { seconds, nanos, channel });
    entry.begin(entry.view, [text], []);
    entry.memory = this.#memory.begin(channel);
    expect(this.#stage.apply(entry)).toBe(true);
    return [entry.view.seconds, entry.view.nanos];
  }

  printed(text: string | null, time: Time = [RUNTIME, 0], channel: 0 | 1 = 0): string {
    return rfc3339Nano(this.time(text, time, channel));
  }
}

describe(TimestampStage, () => {
  // TestTimestampStage_ProcessActionOnFailure of Promtail, with the runtime's time near the one that is said.
  test.each<[string, (string | null)[], string[]]>([
    [
      'sets what was parsed',
      ['2019-10-01T01:02:03.400000000Z', '2019-10-01T01:02:03.500000000Z'],
      ['2019-10-01T01:02:03.4Z', '2019-10-01T01:02:03.5Z'],
    ],
    [
      'lets what says no time follow the last one that does',
      ['2019-10-01T01:02:03.400000000Z', null, 'x'],
      ['2019-10-01T01:02:03.4Z', '2019-10-01T01:02:03.400000001Z', '2019-10-01T01:02:03.400000002Z'],
    ],
    ['keeps the time while none was said', [null, 'x'], ['2019-10-01T01:02:03Z', '2019-10-01T01:02:03Z']],
  ])('%s', (_, texts, want) => {
    const clocked = new Clocked();
    expect(texts.map((text) => clocked.printed(text))).toEqual(want);
  });

  test('keeps the time of an entry that says none, where that is wanted', () => {
    const clocked = new Clocked({ skip: true });
    expect(clocked.printed('2019-10-01T01:02:03.4Z')).toBe('2019-10-01T01:02:03.4Z');
    expect(clocked.printed(null, [RUNTIME, 7])).toBe('2019-10-01T01:02:03.000000007Z');
  });

  test('follows the last time of its own channel', () => {
    const clocked = new Clocked();
    clocked.printed('2019-10-01T01:02:03.4Z', [RUNTIME, 0], 0);
    clocked.printed('2019-10-01T01:02:03.8Z', [RUNTIME, 0], 1);
    expect(clocked.printed(null, [RUNTIME, 0], 0)).toBe('2019-10-01T01:02:03.400000001Z');
    expect(clocked.printed(null, [RUNTIME, 0], 1)).toBe('2019-10-01T01:02:03.800000001Z');
  });

  test('takes the first form that fits', () => {
    const clocked = new Clocked({ format: 'UnixMs', fallbacks: ['2006-01-02 03:04:05.000000000 +0000 UTC', 'RFC3339Nano'] });
    expect(clocked.printed('2019-10-01T01:02:03.123456789Z')).toBe('2019-10-01T01:02:03.123456789Z');
    expect(clocked.printed('1569891723400', [RUNTIME, 400_000_007])).toBe('2019-10-01T01:02:03.400000007Z');
  });

  test.each<[string, string, string]>([
    ['RFC3339', '2019-10-01T01:02:01Z', '2019-10-01T01:02:01.123456789Z'],
    ['RFC3339', '2019-10-01T01:02:01.5Z', '2019-10-01T01:02:01.523456789Z'],
    ['UnixMs', '1569891721500', '2019-10-01T01:02:01.500456789Z'],
    ['2006-01-02 15:04', '2019-10-01 01:02', '2019-10-01T01:02:03.123456789Z'],
    ['2006-01-02', '2019-10-01', '2019-10-01T01:02:03.123456789Z'],
    ['UnixNs', '1569891721000000001', '2019-10-01T01:02:01.000000001Z'],
  ])('%s: what %s leaves open comes from the runtime', (format, text, want) => {
    expect(new Clocked({ format }).printed(text, [RUNTIME, 123_456_789])).toBe(want);
  });

  test('equal lines of one second stay apart, and in their order when the second of the runtime ends between them', () => {
    const clocked = new Clocked({ format: 'RFC3339' });
    const say = (nanos: number, seconds = RUNTIME): string => clocked.printed('2019-10-01T01:02:03Z', [seconds, nanos]);
    expect([say(999_000_000), say(0, RUNTIME + 1), say(1_000, RUNTIME + 1)]).toEqual([
      '2019-10-01T01:02:03.999Z',
      '2019-10-01T01:02:03.999000001Z',
      '2019-10-01T01:02:03.999000002Z',
    ]);
    expect(clocked.printed('2019-10-01T01:02:04Z', [RUNTIME + 1, 2_000])).toBe('2019-10-01T01:02:04.000002Z');
  });

  test('a line that says an earlier time goes there', () => {
    const clocked = new Clocked({ format: 'RFC3339' });
    clocked.printed('2019-10-01T01:02:03Z', [RUNTIME, 5]);
    expect(clocked.printed('2019-10-01T01:02:02Z', [RUNTIME, 6])).toBe('2019-10-01T01:02:02.000000006Z');
  });

  test.each([
    ['2019-10-01T00:12:02Z', '2019-10-01T01:02:03Z'],
    ['2019-10-01T00:12:03Z', '2019-10-01T00:12:03Z'],
    ['2019-10-01T01:07:03Z', '2019-10-01T01:07:03Z'],
    ['2019-10-01T01:07:04Z', '2019-10-01T01:02:03Z'],
    ['1970-01-01T00:00:00Z', '2019-10-01T01:02:03Z'],
    ['9999-12-31T23:59:59Z', '2019-10-01T01:02:03Z'],
  ])('%s is taken only near the time of the runtime', (text, want) => expect(new Clocked().printed(text)).toBe(want));

  test('counts times that it cannot read, and those that it does not take', () => {
    const clocked = new Clocked();
    for (const text of [null, 'x', '2019-10-01T01:02:03Z', '1970-01-01T00:00:00Z', null]) clocked.printed(text);
    expect(clocked.faults).toEqual(['time_unread', 'time_far']);
  });

  test('nothing follows a time that is too long ago', () => {
    const clocked = new Clocked();
    clocked.printed('2019-10-01T01:02:03Z');
    expect(clocked.printed(null, [RUNTIME + 3001, 0])).toBe('2019-10-01T01:52:04Z');
  });

  test('I9: from the memory that an entry found, it and all behind it get the times that they had', () => {
    const said = fc.option(
      fc.integer({ min: -3, max: 3 }).map((off) => new Date((RUNTIME + off) * 1000).toISOString().replace('.000', '')),
    );
    const lines = fc.array(fc.tuple(said, fc.nat({ max: 2_000_000_000 })), { maxLength: 20 });
    fc.assert(
      fc.property(lines, fc.nat(), (lines, cut) => {
        const times = lines
          .toSorted(([, a], [, b]) => a - b)
          .map(([text, nanos]) => ({ text, at: [RUNTIME + Math.floor(nanos / 1e9), nanos % 1e9] as Time }));
        const cuts = times.length === 0 ? 0 : cut % times.length;
        const clocked = new Clocked({ format: 'RFC3339' });
        for (const { text, at } of times.slice(0, cuts)) clocked.time(text, at);
        const kept = clocked.kept;
        const behind = times.slice(cuts).map(({ text, at }) => clocked.time(text, at));
        const again = new Clocked({ format: 'RFC3339' }, kept);
        expect(times.slice(cuts).map(({ text, at }) => again.time(text, at))).toEqual(behind);
      }),
    );
  });

  test('times of a log that does not go back neither meet nor go back', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 2 }), fc.integer({ min: 1, max: 2_000_000_000 })), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (steps) => {
        const clocked = new Clocked({ format: 'RFC3339' });
        let said = RUNTIME - 3;
        let nanos = 0;
        const times = steps.map(([seconds, later]) => {
          said += seconds;
          nanos += later;
          return clocked.printed(`${civilSeconds([said, 0])}Z`, [RUNTIME + Math.floor(nanos / 1e9), nanos % 1e9]);
        });
        const padded = times.map((time) => time.replace(/(?:\.(\d+))?Z$/, (_, digits = '') => `.${String(digits).padEnd(9, '0')}`));
        expect(padded).toEqual([...new Set(padded)].sort());
      }),
    );
  });

  test('throws on no text', () => {
    const clocked = LAYOUT_NAMES.map((format) => new Clocked({ format }));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9]{0,25}$/)), (text) => {
        for (const one of clocked) {
          const [seconds, nanos] = one.time(text, [RUNTIME, 1]);
          expect(Number.isSafeInteger(seconds) && Number.isSafeInteger(nanos) && nanos >= 0 && nanos < 1e9).toBe(true);
        }
      }),
    );
  });
});
