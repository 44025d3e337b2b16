import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byteTextOf, textOf } from '../../agent/patterns/byte-text.ts';
import { createEngines } from '../../agent/patterns/linear-engine.ts';
import { parsePattern } from '../../agent/patterns/parse-pattern.ts';
import { compilePattern, Pattern, type PatternMatch } from '../../agent/patterns/pattern.ts';
import { translatePattern } from '../../agent/patterns/translate-pattern.ts';
import { type Found, goPattern, isOtherThanGo } from './go-oracle.ts';
import { anyPattern, anyText } from './random-pattern.ts';

function foundBy(match: PatternMatch | null): Found | null {
  return match && [match.index, ...match.map((text) => (text === undefined ? null : textOf(text)))];
}

const texts = fc.array(anyText, { minLength: 1, maxLength: 5 });

describe(Pattern, () => {
  test('finds in UTF-8 what Go finds, and the same in its groups', () => {
    let found = 0;
    fc.assert(
      fc.property(anyPattern, texts, (source, texts): void => {
        const pattern = compilePattern(source);
        const oracle = goPattern(source);
        if (oracle === null) expect(pattern).toHaveProperty('fault');
        else if (!(pattern instanceof Pattern)) expect(pattern.fault).toContain('with its repeats written out');
        if (oracle === null || !(pattern instanceof Pattern) || isOtherThanGo(source)) return;
        for (const text of texts) {
          const want = oracle.find(text);
          expect(foundBy(pattern.exec(byteTextOf(text)))).toStrictEqual(want);
          expect(pattern.test(byteTextOf(text))).toBe(want !== null);
          found += want === null ? 0 : 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(found).toBeGreaterThan(200);
  });

  test('matches whatever Go matches, also where it finds another part of the text', () => {
    fc.assert(
      fc.property(anyPattern, texts, (source, texts) => {
        const pattern = compilePattern(source);
        const oracle = goPattern(source);
        if (oracle === null || !(pattern instanceof Pattern)) return;
        for (const text of texts) expect(pattern.test(byteTextOf(text))).toBe(oracle.find(text) !== null);
      }),
      { numRuns: 300 },
    );
  });

  test("V8's two engines find the same, in any bytes, in short texts and in those that go from one to the other", () => {
    const bytes = fc.oneof(
      anyText.map(byteTextOf),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.tuple(anyText, fc.constantFrom('', 'b', '7')).map(([text, end]) => byteTextOf(text.repeat(50) + end)),
    );
    fc.assert(
      fc.property(anyPattern, fc.array(bytes, { minLength: 1, maxLength: 5 }), (source, texts) => {
        if (!(compilePattern(source) instanceof Pattern)) return;
        const { usual, linear } = createEngines(translatePattern(parsePattern(source)).source, true);
        if (usual === null) throw new Error('not made');
        for (const text of texts) {
          usual.lastIndex = 0;
          linear.lastIndex = 0;
          expect(linear.exec(text)).toStrictEqual(usual.exec(text));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('no text is too odd to be a pattern or to be told what is wrong with it', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '1',
      ',',
      '-',
      '^',
      '$',
      '\\',
      '?',
      '*',
      '+',
      '|',
      ':',
      'P',
      '<',
      '>',
      'a',
      'é',
      'i',
      'x',
      'p',
      'Q',
      'E',
      '[:',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
          fc.string(),
        ),
        (source) => {
          const pattern = compilePattern(source);
          if (pattern instanceof Pattern) pattern.exec('aaa11(é');
          else expect(pattern.fault).not.toBe('');
          // Of brackets and colon, the oracle takes less than Go does.
          if (!source.includes('[:')) expect(pattern instanceof Pattern).toBe(goPattern(source) !== null);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
