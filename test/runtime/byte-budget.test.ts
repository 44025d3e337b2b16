import { describe, expect, test } from 'vitest';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';

describe(ByteBudget, () => {
  test('I3 counts what is taken and given back, and rings when there is more', async () => {
    const budget = new ByteBudget(100, new Wakeup());
    budget.take(70);
    expect([budget.usedBytes, budget.availableBytes]).toStrictEqual([70, 30]);
    const freed = budget.freed.wait();
    budget.give(20);
    await freed;
    expect([budget.usedBytes, budget.availableBytes]).toStrictEqual([50, 50]);
  });

  test('to give back more than was taken is a bug', () => {
    const budget = new ByteBudget(100, new Wakeup());
    budget.take(1);
    expect(() => budget.give(2)).toThrow('more bytes given back than taken');
  });
});
