import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteTextOf } from '../../agent/patterns/byte-text.ts';
import { compilePattern, Pattern } from '../../agent/patterns/pattern.ts';
import { PlacedPattern } from '../../agent/patterns/placed-pattern.ts';
import { anyPattern, anyText } from './random-pattern.ts';

const withGroups = anyPattern.map((source) => `(${source.replaceAll(/\(\?[is]?:/g, '(')})`);

test('groups are where the texts are that a pattern finds in them', () => {
  let groups = 0;
  fc.assert(
    fc.property(withGroups, fc.array(anyText, { minLength: 1, maxLength: 5 }), (source, texts) => {
      const pattern = compilePattern(source);
      if (!(pattern instanceof Pattern)) return;
      const placed = new PlacedPattern(source);
      for (const text of texts.map(byteTextOf)) {
        const match = pattern.exec(text);
        const spans = placed.spans(text, 0);
        if (match === null) {
          expect(spans).toBeNull();
          continue;
        }
        expect(spans?.[0]?.start).toBe(match.index);
        const found = match.map((_, group) => spans?.[group]).map((span) => span && text.slice(span.start, span.end));
        expect(found).toStrictEqual([...match]);
        groups += match.slice(1).filter((group) => group !== undefined && group !== '').length;
      }
    }),
    { numRuns: 400 },
  );
  expect(groups).toBeGreaterThan(100);
});

test.each<[source: string, text: string, spans: (readonly [number, number] | undefined)[]]>([
  [
    'a(a)',
    'aa',
    [
      [0, 2],
      [1, 2],
    ],
  ],
  ['(?:x(a))+(b)?', 'xaxac', [[0, 4], [3, 4], undefined]],
  [
    '(\\d)(?:,(\\d)){2}',
    '1,2,3',
    [
      [0, 5],
      [0, 1],
      [4, 5],
    ],
  ],
  ['((a)|b)c', 'bc', [[0, 2], [0, 1], undefined]],
])('%s in %s', (source, text, want) => {
  const spans = new PlacedPattern(source).spans(text, 0)!;
  expect(want.map((_, group) => spans[group]).map((span) => span && [span.start, span.end])).toStrictEqual(want);
});
