import { assert, constantFrom, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchesGlob } from '../../agent/model/glob.ts';

describe(matchesGlob, () => {
  test('means what a regular expression means, for any pattern and text', () => {
    const few = string({ unit: constantFrom('a', 'b', '*', '?', '.', '-'), maxLength: 12 });
    assert(
      property(few, few, (pattern, text) => {
        const source = pattern.replaceAll(/[^]/g, (char) => ({ '*': '[^]*', '?': '[^]' })[char] ?? RegExp.escape(char));
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
    );
  });

  test('does not stand still over a pattern that makes an expression try every way', () => {
    expect(matchesGlob(`${'a*'.repeat(200)}b`, 'a'.repeat(253))).toBe(false);
  });
});
