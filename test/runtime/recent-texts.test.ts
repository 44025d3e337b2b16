import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RecentTexts } from '../../agent/runtime/recent-texts.ts';

function recording(): { readonly texts: RecentTexts<string>; readonly made: string[] } {
  const made: string[] = [];
  const texts = new RecentTexts((bytes, start, end) => {
    const text = bytes.toString('latin1', start, end);
    made.push(text);
    return text;
  });
  return { texts, made };
}

describe(RecentTexts, () => {
  test('says of any bytes, in any order, what is made of them', () => {
    const run = fc.oneof(fc.constantFrom('a', 'b', 'ab', 'ba', '"info"', '"warn"', ''), fc.string({ unit: 'binary-ascii', maxLength: 30 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(run, fc.string({ unit: 'binary-ascii', maxLength: 2 })), { maxLength: 60 }), (runs) => {
        const { texts } = recording();
        for (const [text, around] of runs) {
          const bytes = Buffer.from(around + text + around, 'latin1');
          expect(texts.of(bytes, around.length, around.length + text.length)).toBe(text);
        }
      }),
    );
  });

  test('makes what comes again once, if it is short', () => {
    const { texts, made } = recording();
    const long = 'x'.repeat(25);
    for (const text of ['"info"', '"warn"', '200', '"info"', '200', '7', '7', long, long]) texts.of(Buffer.from(text), 0, text.length);
    expect(made).toStrictEqual(['"info"', '"warn"', '200', '7', long, long]);
  });

  test('I3 remembers a bounded number', () => {
    const { texts, made } = recording();
    for (let round = 0; round < 2; round += 1) for (let n = 0; n < 5000; n += 1) texts.of(Buffer.from(`id-${n}`), 0, `id-${n}`.length);
    expect(made.length).toBeGreaterThan(10_000 - 512);
  });
});
