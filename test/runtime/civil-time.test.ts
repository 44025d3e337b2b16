import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { civilSeconds, rfc3339Nano, timeOf } from '../../agent/runtime/civil-time.ts';

test('the calendar is the one of Date, from year 1 to 9999', () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), (seconds) => {
      expect(civilSeconds([seconds, 0])).toBe(new Date(seconds * 1000).toISOString().slice(0, 19));
    }),
  );
});

test('fractions are written as Go trims them', () => {
  expect(rfc3339Nano([1_714_564_800, 0])).toBe('2024-05-01T12:00:00Z');
  expect(rfc3339Nano([1_714_564_800, 100_000_000])).toBe('2024-05-01T12:00:00.1Z');
  expect(rfc3339Nano([1_714_564_800, 1])).toBe('2024-05-01T12:00:00.000000001Z');
});

test('milliseconds before and after 1970', () => {
  expect(timeOf(1_714_564_800_250)).toStrictEqual([1_714_564_800, 250_000_000]);
  expect(timeOf(-1)).toStrictEqual([-1, 999_000_000]);
});
