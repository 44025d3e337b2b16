import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WriteRate } from '../../agent/ledger/write-rate.ts';

/** The rate after `seconds` of a log that is looked at once a second and grows by what `bytesAt` says. */
function rateAfter(seconds: number, bytesAt: (second: number) => number, rate: WriteRate = new WriteRate(0), sinceMs = 0): WriteRate {
  for (let second = 1; second <= seconds; second += 1) rate.grew(bytesAt(second), sinceMs + second * 1000);
  return rate;
}

describe(WriteRate, () => {
  test('a steady rate is known to a few percent after some minutes', () => {
    expect(rateAfter(240, () => 500).bytesPerSecond).toBeGreaterThan(480);
    expect(rateAfter(240, () => 500).bytesPerSecond).toBeLessThanOrEqual(500);
  });

  test('a log that falls silent is forgotten within minutes', () => {
    const rate = rateAfter(300, () => 1000);
    expect(rateAfter(300, () => 0, rate, 300_000).bytesPerSecond).toBeLessThan(10);
  });

  test('bytes that come in a burst count as what they are on average', () => {
    const steady = rateAfter(600, () => 100).bytesPerSecond;
    const bursts = rateAfter(600, (second) => (second % 5 === 0 ? 500 : 0)).bytesPerSecond;
    expect(bursts).toBeCloseTo(steady, 6);
  });

  test('how often it is looked at makes little difference', () => {
    const seldom = new WriteRate(0);
    for (let ms = 20_000; ms <= 600_000; ms += 20_000) seldom.grew(2000, ms);
    expect(seldom.bytesPerSecond).toBeCloseTo(rateAfter(600, () => 100).bytesPerSecond, 6);
  });

  test('it lies between 0 and the fastest five seconds, whatever is written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 100 }), (samples) => {
        const rate = new WriteRate(0);
        samples.forEach((bytes, n) => rate.grew(bytes, (n + 1) * 5000));
        expect(rate.bytesPerSecond).toBeGreaterThanOrEqual(0);
        expect(rate.bytesPerSecond).toBeLessThanOrEqual(Math.max(...samples) / 5 + 1e-6);
      }),
    );
  });
});
