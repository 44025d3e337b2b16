import { describe, expect, test } from 'vitest';
import { parseHttpDate, systemClock } from '../../agent/runtime/clock.ts';

describe('systemClock', () => {
  test('sleeps end by themselves, at an abort, or before they begin', async () => {
    await systemClock.sleep(0);
    await systemClock.sleep(3_600_000, AbortSignal.abort());
    const stop = new AbortController();
    const sleeping = systemClock.sleep(3_600_000, stop.signal);
    stop.abort();
    await sleeping;
  });

  test('wall time is that of today, the other one never goes back', () => {
    expect(systemClock.now()).toBeGreaterThan(1_714_564_800_000);
    const before = systemClock.monotonic();
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(before);
    expect(systemClock.random()).toBeLessThan(1);
  });
});

test('dates of HTTP', () => {
  expect(parseHttpDate('Wed, 01 May 2024 12:00:00 GMT')).toBe(1_714_564_800_000);
  expect(parseHttpDate('soon')).toBeNaN();
});
