import { describe, expect, test } from 'vitest';
import { Backoff } from '../../agent/runtime/backoff.ts';
import { FakeClock } from '../support/fake-clock.ts';

describe(Backoff, () => {
  test('a fraction of a bound that doubles up to its maximum', () => {
    const backoff = new Backoff(new FakeClock({ random: [0.5, 0.5, 0, 0.999, 0.5, 0.5] }), 100, 1000);
    expect([0, 1, 2, 3, 4, 5000].map((failures) => backoff.delayMs(failures))).toStrictEqual([50, 100, 0, 799.2, 500, 500]);
  });

  test('a least delay above the greatest bounds every one', () => {
    const backoff = new Backoff(new FakeClock({ random: [0.5, 0.5] }), 1000, 1000);
    expect([backoff.delayMs(0), backoff.delayMs(1)]).toStrictEqual([500, 500]);
  });
});
