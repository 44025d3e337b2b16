import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readVarint, varintLength, writeVarint } from '../../agent/runtime/varint.ts';

test('any number is read as it was written, and ends where it is said to', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(300), fc.nat(), fc.maxSafeNat()), fc.nat(5), (value, at) => {
      const target = Buffer.alloc(20);
      const end = writeVarint(target, at, value);
      expect([end - at, readVarint(target, at)]).toStrictEqual([varintLength(value), value]);
    }),
  );
});

test.each([
  [0, '00'],
  [127, '7f'],
  [128, '8001'],
  [300, 'ac02'],
  [2 ** 35, '808080808001'],
])('%i is %s', (value, hex) => {
  const target = Buffer.alloc(10);
  expect(target.subarray(0, writeVarint(target, 0, value)).toString('hex')).toBe(hex);
});
