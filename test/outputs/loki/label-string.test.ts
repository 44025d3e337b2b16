import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLabels } from '../../../agent/outputs/loki/decode-push.ts';
import { labelString } from '../../../agent/outputs/loki/label-string.ts';

describe(labelString, () => {
  test.each([
    [{}, '{}'],
    [{ a: 'x' }, '{a="x"}'],
    [{ b: 'y', a: 'x', A: 'z', a1: 'w' }, '{A="z", a="x", a1="w", b="y"}'],
    [{ a: '', b: 'y' }, '{b="y"}'],
    [{ a: 'say "hi"\\' }, '{a="say \\"hi\\"\\\\"}'],
    [{ a: 'line\nfeed\ttab\u0001' }, '{a="line\\nfeed\\ttab\\u0001"}'],
    [{ a: 'päth/日本' }, '{a="päth/日本"}'],
    [{ a: '\ud800' }, '{a="\ufffd"}'],
  ])('%j is %s', (labels, text) => {
    expect(labelString(labels)).toBe(text);
  });

  test('I9 every receiver reads back what was written, the order of keys notwithstanding', () => {
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/);
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), (labels) => {
        const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
        expect(parseLabels(labelString(labels))).toStrictEqual(sorted.filter(([, value]) => value !== ''));
        expect(labelString(Object.fromEntries(sorted.toReversed()))).toBe(labelString(labels));
      }),
    );
  });
});
