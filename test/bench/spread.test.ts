import { expect, test } from 'vitest';
import { spreadOf } from './spread.ts';

test('minimum, median and maximum, by number and not by digits', () => {
  expect(spreadOf([10, 9, 100])).toStrictEqual({ min: 9, median: 10, max: 100 });
  expect(spreadOf([4, 1, 2, 3])).toStrictEqual({ min: 1, median: 2.5, max: 4 });
  expect(spreadOf([7])).toStrictEqual({ min: 7, median: 7, max: 7 });
});
