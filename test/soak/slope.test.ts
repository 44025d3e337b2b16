import { expect, test } from 'vitest';
import { slopeOf } from './slope.ts';

test('the slope of points on a line, and of points on both sides of it', () => {
  expect(slopeOf([0, 1, 5].map((x) => [x, 3 * x - 2]))).toBeCloseTo(3);
  expect(
    slopeOf([
      [0, 1],
      [0, -1],
      [2, 2],
      [2, 0],
    ]),
  ).toBeCloseTo(0.5);
});
