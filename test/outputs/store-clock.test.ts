import { describe, expect, test } from 'vitest';
import { StoreClock } from '../../agent/outputs/store-clock.ts';
import { FakeClock } from '../support/fake-clock.ts';

const NOON_MS = 1_714_564_800_000;
const HOUR_MS = 3_600_000;

describe(StoreClock, () => {
  test("is the node's before the first answer", () => {
    const clock = new FakeClock();
    const store = new StoreClock(clock);
    clock.jump(HOUR_MS);
    expect(store.now()).toBe(NOON_MS + HOUR_MS);
  });

  test("is the store's from then on, whatever the node's clock does", async () => {
    const clock = new FakeClock();
    const store = new StoreClock(clock);
    store.learn('Wed, 01 May 2024 10:00:00 GMT');
    clock.jump(-HOUR_MS);
    await clock.advance(1500);
    expect(store.now()).toBe(NOON_MS - 2 * HOUR_MS + 1500);
    store.learn('Wed, 01 May 2024 13:00:00 GMT');
    expect(store.now()).toBe(NOON_MS + HOUR_MS);
  });

  test('passes over what is no date', () => {
    const store = new StoreClock(new FakeClock());
    store.learn('Wed, 01 May 2024 10:00:00 GMT');
    store.learn('soon');
    expect(store.now()).toBe(NOON_MS - 2 * HOUR_MS);
  });
});
