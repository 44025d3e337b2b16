import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entry } from '../../agent/process/entry.ts';
import { SamplingStage } from '../../agent/process/sampling-stage.ts';
import { viewOf } from './entry.ts';

const LINES = 20_000;

/** Whether each line goes on. */
function sampled(rate: number, lines: readonly { readonly text: string; readonly seconds: number; readonly nanos: number }[]): boolean[] {
  const stage = new SamplingStage({ rate, countFiltered: () => undefined });
  return lines.map(({ text, ...time }) => {
    const entry = new Entry(Object.assign(viewOf(Buffer.from(text)), time));
    return stage.apply(entry);
  });
}

function share(rate: number, line: (index: number) => { readonly text: string; readonly seconds: number; readonly nanos: number }): number {
  return (
    sampled(
      rate,
      Array.from({ length: LINES }, (_, index) => line(index)),
    ).filter(Boolean).length / LINES
  );
}

describe(SamplingStage, () => {
  test.each([0, 0.001, 0.1, 0.5, 0.9, 1])('a share of %d of lines passes that differ in text, in seconds or in nanoseconds', (rate) => {
    // Five standard deviations of a fair coin.
    const slack = 5 * Math.sqrt((rate * (1 - rate)) / LINES);
    const shares = [
      share(rate, (index) => ({ text: `line ${index}`, seconds: 1_714_564_800, nanos: 0 })),
      share(rate, (index) => ({ text: 'line', seconds: 1_714_564_800 + index, nanos: 0 })),
      share(rate, (index) => ({ text: 'line', seconds: 1_714_564_800, nanos: index })),
      share(rate, (index) => ({ text: 'line', seconds: 1_714_564_800, nanos: index * 1_000_000 })),
      share(rate, () => ({ text: '', seconds: 1_714_564_800, nanos: 0 })),
    ];
    for (const passed of shares.slice(0, 4)) expect(Math.abs(passed - rate)).toBeLessThanOrEqual(slack);
    expect([0, 1]).toContain(shares[4]);
  });

  test('I9: the same entries pass again, on whatever output', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.string(), seconds: fc.nat(), nanos: fc.nat({ max: 999_999_999 }) })),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (lines, rate) => {
          expect(sampled(rate, lines)).toEqual(sampled(rate, lines));
        },
      ),
    );
  });

  test('a smaller share is part of a larger one', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => ({ text: `${index}`, seconds: 1, nanos: 0 }));
    const small = sampled(0.1, lines);
    const large = sampled(0.3, lines);
    expect(small.every((passes, index) => !passes || large[index])).toBe(true);
  });

  test('what does not pass is counted', () => {
    let filtered = 0;
    const stage = new SamplingStage({ rate: 0, countFiltered: () => (filtered += 1) });
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const before = filtered;
        expect(stage.apply(new Entry(viewOf(Buffer.from(bytes))))).toBe(false);
        expect(filtered).toBe(before + 1);
      }),
    );
  });
});
