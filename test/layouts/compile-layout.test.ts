import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileLayout, LAYOUT_NAMES } from '../../agent/layouts/compile-layout.ts';
import { Zone } from '../../agent/layouts/zone.ts';
import { rfc3339Nano } from '../../agent/runtime/civil-time.ts';

/** 2024-05-01T12:00:00Z */
const NEAR = 1_714_564_800;

function read(format: string, text: string, options: { zone?: string; near?: number } = {}): string | null {
  const zone = options.zone === undefined ? null : Zone.named(options.zone);
  const layout = compileLayout(format, zone);
  if (layout === null) throw new Error(`no layout: ${format}`);
  const time = { seconds: 0, nanos: 0, stepNanos: 0 };
  return layout(text, options.near ?? NEAR, time) ? rfc3339Nano([time.seconds, time.nanos]) : null;
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

function step(format: string, text: string): number {
  const time = { seconds: 0, nanos: 0, stepNanos: 0 };
  compileLayout(format, null)!(text, NEAR, time);
  return time.stepNanos;
}

describe('named layouts', () => {
  test.each([
    ['ANSIC', 'Mon Jan  2 15:04:05 2006', '2006-01-02T15:04:05Z'],
    ['ANSIC', 'Fri Jan 13 15:04:05 2006', '2006-01-13T15:04:05Z'],
    ['UnixDate', 'Mon Jan  2 15:04:05 UTC 2006', '2006-01-02T15:04:05Z'],
    ['RubyDate', 'Mon Jan 02 15:04:05 -0700 2006', '2006-01-02T22:04:05Z'],
    ['RFC822', '02 Jan 06 15:04 GMT', '2006-01-02T15:04:00Z'],
    ['RFC822Z', '02 Jan 06 15:04 +0200', '2006-01-02T13:04:00Z'],
    ['RFC850', 'Monday, 02-Jan-06 15:04:05 UTC', '2006-01-02T15:04:05Z'],
    ['RFC1123', 'Mon, 02 Jan 2006 15:04:05 GMT', '2006-01-02T15:04:05Z'],
    ['RFC1123Z', 'Mon, 02 Jan 2006 15:04:05 +0100', '2006-01-02T14:04:05Z'],
    ['RFC3339', '2012-11-01T22:08:41-04:00', '2012-11-02T02:08:41Z'],
    ['RFC3339', '2012-11-01T22:08:41.25Z', '2012-11-01T22:08:41.25Z'],
    ['RFC3339Nano', '2019-10-01T01:02:03.400000001Z', '2019-10-01T01:02:03.400000001Z'],
    ['RFC3339Nano', '2019-10-01T01:02:03+01:00', '2019-10-01T00:02:03Z'],
    ['Unix', '1562708916', '2019-07-09T21:48:36Z'],
    ['Unix', '1562708916.414123', '2019-07-09T21:48:36.414123Z'],
    ['Unix', '1562708916.000000123', '2019-07-09T21:48:36.000000123Z'],
    ['Unix', '1562708916.0000001239', '2019-07-09T21:48:36.000000123Z'],
    ['UnixMs', '1562708916919', '2019-07-09T21:48:36.919Z'],
    ['UnixUs', '1562708916414123', '2019-07-09T21:48:36.414123Z'],
    ['UnixNs', '1562708916000000123', '2019-07-09T21:48:36.000000123Z'],
    ['UnixMs', '1', '1970-01-01T00:00:00.001Z'],
    ['UnixMs', '-1', '1969-12-31T23:59:59.999Z'],
  ])('%s: %s', (format, text, want) => expect(read(format, text)).toBe(want));

  test.each([
    ['RFC3339', '2012-11-01 22:08:41Z'],
    ['RFC3339', '2012-11-01T22:08:41'],
    ['RFC3339', '2012-13-01T22:08:41Z'],
    ['RFC3339', '2023-02-29T22:08:41Z'],
    ['RFC3339', '2012-11-01T24:08:41Z'],
    ['RFC3339', '2012-11-01T22:08:41Z '],
    ['RFC3339', ''],
    ['Unix', '1562708916.'],
    ['Unix', '1.5e9'],
    ['UnixMs', '1562708916.5'],
    ['UnixNs', ''],
    ['ANSIC', 'Mon Foo  2 15:04:05 2006'],
  ])('%s is not: %s', (format, text) => expect(read(format, text)).toBeNull());
});

describe("layouts of Go's reference time", () => {
  test.each([
    ['2006-01-02', '2009-01-01', '2009-01-01T00:00:00Z'],
    ['2006-01-02 15:04:05', '2024-02-29 23:59:59', '2024-02-29T23:59:59Z'],
    ['2006-01-02 15:04:05', '2024-02-29  3:59:59.5', '2024-02-29T03:59:59.5Z'],
    ['2006-01-02 15:04:05,000', '2024-05-01 12:00:00,123', '2024-05-01T12:00:00.123Z'],
    ['2006-01-02 15:04:05.000', '2024-05-01 12:00:00,123', '2024-05-01T12:00:00.123Z'],
    ['2006-01-02 15:04:05.999', '2024-05-01 12:00:00', '2024-05-01T12:00:00Z'],
    ['2006-01-02 15:04:05.999', '2024-05-01 12:00:00.1234567891', '2024-05-01T12:00:00.123456789Z'],
    ['02/Jan/2006:15:04:05 -0700', '10/Oct/2000:13:55:36 -0700', '2000-10-10T20:55:36Z'],
    ['1/2/06 3:4:5 PM', '5/1/24 12:7:9 AM', '2024-05-01T00:07:09Z'],
    ['1/2/06 3:4:5 PM', '05/01/24 12:07:09 PM', '2024-05-01T12:07:09Z'],
    ['1/2/06 03:04:05pm', '5/1/69 01:07:09pm', '1969-05-01T13:07:09Z'],
    ['January 2, 2006', 'SEPTEMBER 12, 2024', '2024-09-12T00:00:00Z'],
    ['2006-002 15h04', '2024-060 12h30', '2024-02-29T12:30:00Z'],
    ['2006 __2', '2024   1', '2024-01-01T00:00:00Z'],
    ['2006_01_02', '2024_05_01', '2024-05-01T00:00:00Z'],
    ['2006-01-02T15:04:05Z0700', '2024-05-01T12:00:00Z', '2024-05-01T12:00:00Z'],
    ['2006-01-02T15:04:05Z0700', '2024-05-01T12:00:00+0530', '2024-05-01T06:30:00Z'],
    ['2006-01-02T15:04:05Z07', '2024-05-01T12:00:00-03', '2024-05-01T15:00:00Z'],
    ['2006-01-02T15:04:05-07:00:00', '2024-05-01T12:00:00+00:00:30', '2024-05-01T11:59:30Z'],
    ['2006-01-02T15:04:05Z070000', '2024-05-01T12:00:00-000030', '2024-05-01T12:00:30Z'],
    // What an abbreviation means, Go does not know either without a location.
    ['2006-01-02 15:04:05 MST', '2024-05-01 12:00:00 CEST', '2024-05-01T12:00:00Z'],
    ['2006-01-02 15:04:05 MST', '2024-05-01 12:00:00 +03', '2024-05-01T12:00:00Z'],
    // The level of klog's header.
    ['I0102 15:04:05.000000', 'I0501 12:00:00.123456', '2024-05-01T12:00:00.123456Z'],
    ['Jan 02 15:04:05', 'Jul 15 01:02:03', '2024-07-15T01:02:03Z'],
    ['Jan _2 15:04:05', 'Feb 29 01:02:03', '2024-02-29T01:02:03Z'],
  ])('%s: %s', (format, text, want) => expect(read(format, text)).toBe(want));

  test.each([
    ['2006-01-02', '2024-5-1'],
    ['2006-01-02', '2024-05-0'],
    ['2006-01-02', '2024-05-00'],
    ['2006-01-02', '2024-04-31'],
    ['06-1-2', '2024-5-1'],
    ['15:04:05.000', '12:00:00.12'],
    ['3 PM', '13 PM'],
    ['3 PM', '1 pm'],
    ['3 pm', '1 PM'],
    ['2006-002', '2023-366'],
    ['2006-01-02 -07:00', '2024-05-01 -0700'],
    ['2006-01-02 -0700', '2024-05-01 +2500'],
    ['2006-01-02 MST', '2024-05-01 ab'],
    ['2006-01-02 MST', '2024-05-01 ABCDEFG'],
    ['Jan 2006', 'J 2024'],
    ['02.01.2006', '01-05-2024'],
  ])('%s is not: %s', (format, text) => expect(read(format, text)).toBeNull());

  test.each(['', 'yyyy-MM-dd HH:mm:ss', '%Y-%m-%d', '.', 'time'])('no layout: "%s"', (format) => {
    expect(compileLayout(format, null)).toBeNull();
  });
});

describe('what a layout does not say', () => {
  test.each([
    ['Dec 31 23:59:59', Date.UTC(2024, 0, 1), '2023-12-31T23:59:59Z'],
    ['Jan 01 00:00:01', Date.UTC(2024, 11, 31), '2025-01-01T00:00:01Z'],
    ['Jun 15 00:00:01', Date.UTC(2024, 11, 31), '2024-06-15T00:00:01Z'],
    ['Feb 29 00:00:01', Date.UTC(2023, 2, 1), '2023-03-01T00:00:01Z'],
  ])('the year of %s is that of a time near it, as Promtail has it', (text, nearMs, want) => {
    expect(read('Jan 02 15:04:05', text, { near: nearMs / 1000 })).toBe(want);
  });

  test.each([
    ['23:59:59', Date.UTC(2024, 4, 2, 0, 0, 1), '2024-05-01T23:59:59Z'],
    ['00:00:01', Date.UTC(2024, 4, 1, 23, 59, 59), '2024-05-02T00:00:01Z'],
    ['12:00:00', Date.UTC(2024, 4, 1, 12), '2024-05-01T12:00:00Z'],
  ])('the day of %s is the one that brings it next to a time near it', (text, nearMs, want) => {
    expect(read('15:04:05', text, { near: nearMs / 1000 })).toBe(want);
  });

  test.each([
    ['Unix', '1562708916', 1e9],
    ['Unix', '1562708916.25', 1e7],
    ['UnixMs', '1562708916414', 1e6],
    ['UnixNs', '1562708916000000123', 1],
    ['2006-01-02', '2009-01-01', 86_400e9],
    ['2006-01-02 15h', '2009-01-01 15h', 3600e9],
    ['2006-01-02 15:04', '2009-01-01 15:04', 60e9],
    ['2006-01-02 15:04:05', '2009-01-01 15:04:05', 1e9],
    ['2006-01-02 15:04:05', '2009-01-01 15:04:05.1', 1e8],
    ['2006-01-02 15:04:05.000', '2009-01-01 15:04:05.123', 1e6],
    ['RFC3339Nano', '2009-01-01T15:04:05.123456789123Z', 1],
  ])('%s leaves open what is below its step: %s', (format, text, want) => expect(step(format, text)).toBe(want));
});

describe('a location', () => {
  test.each([
    ['America/New_York', '2009-07-01 03:30:20', '2009-07-01T07:30:20Z'],
    ['America/New_York', '2019-07-22 20:29:32', '2019-07-23T00:29:32Z'],
    ['Europe/Berlin', '2024-01-01 00:30:00', '2023-12-31T23:30:00Z'],
    ['Asia/Kathmandu', '2024-01-01 00:00:00', '2023-12-31T18:15:00Z'],
    ['Australia/Lord_Howe', '2024-01-01 00:00:00', '2023-12-31T13:00:00Z'],
    ['UTC', '2024-01-01 00:00:00', '2024-01-01T00:00:00Z'],
    // Shown twice, and never.
    ['Europe/Berlin', '2024-10-27 02:30:00', '2024-10-27T01:30:00Z'],
    ['America/New_York', '2024-11-03 01:30:00', '2024-11-03T05:30:00Z'],
    ['America/New_York', '2024-03-10 02:30:00', '2024-03-10T06:30:00Z'],
  ])('%s: %s', (zone, text, want) => expect(read('2006-01-02 15:04:05', text, { zone })).toBe(want));

  test('does not count where the text says its own', () => {
    expect(read('RFC3339', '2024-01-01T00:00:00Z', { zone: 'Europe/Berlin' })).toBe('2024-01-01T00:00:00Z');
    expect(read('RFC3339', '2024-01-01T00:00:00+03:00', { zone: 'Europe/Berlin' })).toBe('2023-12-31T21:00:00Z');
    expect(read('2006-01-02 15:04 MST', '2024-01-01 00:00 UTC', { zone: 'Europe/Berlin' })).toBe('2024-01-01T00:00:00Z');
  });

  test('is what an abbreviation stands for', () => {
    expect(read('2006-01-02 15:04 MST', '2024-07-01 00:00 CEST', { zone: 'Europe/Berlin' })).toBe('2024-06-30T22:00:00Z');
  });

  test.each(['America/Canada', 'Local', '', '+02:00'])('is not: "%s"', (name) => expect(Zone.named(name)).toBeNull());

  test('is asked again when the clocks change', () => {
    const zone = Zone.named('Europe/Berlin')!;
    const changes = [Date.UTC(2024, 2, 31, 1), Date.UTC(2024, 9, 27, 1)].map((ms) => ms / 1000);
    for (const change of changes)
      for (const seconds of [change - 86_400, change + 86_400]) {
        const shown = new Date(seconds * 1000).toLocaleString('sv-SE', { timeZone: 'Europe/Berlin' });
        expect(zone.toUtc(Date.parse(`${shown.replace(' ', 'T')}Z`) / 1000)).toBe(seconds);
      }
  });
});

test('no layout throws on any text', () => {
  const formats = [...LAYOUT_NAMES, '2006-01-02 15:04:05,000', 'Jan _2 15:04:05', '15:04', '__2 002 pm MST Z07:00:00'];
  const layouts = formats.map((format) => compileLayout(format, Zone.named('Europe/Berlin'))!);
  const nearTimes = fc.stringMatching(/^[0-9:.,TZ +JanMoPG_-]{0,40}$/);
  fc.assert(
    fc.property(fc.oneof(nearTimes, fc.string()), (text) => {
      for (const layout of layouts) {
        const time = { seconds: 0, nanos: 0, stepNanos: 1 };
        if (!layout(text, NEAR, time)) continue;
        expect(Number.isSafeInteger(time.seconds)).toBe(true);
        expect(time.nanos >= 0 && time.nanos < 1e9 && Number.isInteger(time.nanos)).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});

test('what a layout prints, it reads again', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }), (date) => {
      const text = `${date.getUTCDate()}.${pad(date.getUTCMonth() + 1, 2)}.${date.getUTCFullYear()} ${pad(date.getUTCHours(), 2)}-${date.getUTCMinutes()}-${pad(date.getUTCSeconds(), 2)},${pad(date.getUTCMilliseconds(), 3)}`;
      const time = { seconds: 0, nanos: 0, stepNanos: 0 };
      expect(compileLayout('2.01.2006 15-4-05,000', null)!(text, NEAR, time)).toBe(true);
      expect(time.seconds * 1000 + time.nanos / 1e6).toBe(date.getTime());
    }),
  );
});
