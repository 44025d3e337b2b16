import { describe, expect, test } from 'vitest';
import { RecentValues } from '../../agent/runtime/recent-values.ts';

describe(RecentValues, () => {
  test('makes a value once of what comes again, however many others come in between in turns', () => {
    let made = 0;
    const values = new RecentValues((key: { readonly n: number }) => {
      made += 1;
      return [key.n];
    });
    const known = Array.from({ length: 10 }, (_, n) => ({ n }));
    const first = known.map((key) => values.of(key));
    for (let round = 0; round < 5; round += 1) known.forEach((key, n) => expect(values.of(key)).toBe(first[n]));
    expect([made, first]).toStrictEqual([10, known.map(({ n }) => [n])]);
  });

  test('I3 tells objects apart that are many, or look the same, and keeps a few', () => {
    const values = new RecentValues(({ n }: { readonly n: number }) => [n]);
    for (let n = 0; n < 100; n += 1) {
      expect(values.of({ n })).toStrictEqual([n]);
      const [one, other] = [{ n: 7 }, { n: 7 }];
      expect(values.of(one)).not.toBe(values.of(other));
    }
  });
});
