import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileJmesPath } from '../../agent/json/jmespath.ts';
import { pathOf } from '../../agent/json/path-of.ts';

function search(expression: string, document: unknown): unknown {
  const compiled = compileJmesPath(expression);
  if ('fault' in compiled) throw new Error(compiled.fault);
  return compiled(document);
}

function fault(expression: string): string | null {
  const compiled = compileJmesPath(expression);
  return 'fault' in compiled ? compiled.fault : null;
}

describe(compileJmesPath, () => {
  test.each([
    ['a[0].b', { a: [{ b: 1 }] }, 1],
    ['a[-1]', { a: [1, 2] }, 2],
    ['a[*].b', { a: [{ b: 1 }, { b: 2 }] }, [1, 2]],
    ['a[].b', { a: [[{ b: 1 }], { b: 2 }] }, [1, 2]],
    ['*.b', { a: { b: 1 } }, [1]],
    ['a[?b > `1` && c].b', { a: [{ b: 2, c: true }, { b: 3 }] }, [2]],
    ['sort_by(a, &b)[0].b', { a: [{ b: 2 }, { b: 1 }] }, 1],
    ["join('-', a)", { a: ['x', 'y'] }, 'x-y'],
    ['{n: a, m: [b]}', { a: 1 }, { n: 1, m: [null] }],
    ['a || `{"type":"Function","name":"x"}`', {}, { type: 'Function', name: 'x' }],
    ['a', null, null],
    ['length(a)', {}, undefined],
    ["join('-', a)", { a: [1] }, undefined],
  ])('%s of %j is %j', (expression, document, want) => expect(search(expression, document)).toEqual(want));

  test('leaves the document as it was', () => {
    const document = { a: [3, 1, 2] };
    expect(search('sort(a)', document)).toEqual([1, 2, 3]);
    expect(document).toEqual({ a: [3, 1, 2] });
  });

  test('has no expression that repeats what it finds without bounds', () => {
    const doubled = '[@,@][]|'.repeat(20);
    const escaped = 'to_string([@])|'.repeat(12);
    for (const expression of [doubled, escaped]) expect(fault(`${expression}@`)).toMatch(/^it may repeat what it finds \d+ times/);
    expect(fault(`${'[@,@][]|'.repeat(6)}@`)).toBeNull();
    expect(fault(`{${Array.from({ length: 40 }, (_, n) => `k${n}: a${n}`).join()}}`)).toBeNull();
  });

  test('says what is wrong with any text, and throws over none', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '[',
      ']',
      '*',
      '?',
      '{',
      '}',
      ':',
      '"',
      "'",
      '`',
      '|',
      '&',
      '@',
      '(',
      ')',
      ',',
      '0',
      '-',
      ' ',
      'é',
      '\\',
      '$',
      '=',
      '>',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const compiled = compileJmesPath(pieces.join(''));
        if ('fault' in compiled) expect(compiled.fault).not.toBe('');
        else compiled({ a: [1, { a: 'x' }] });
      }),
      { numRuns: 2000 },
    );
  });
});

describe(pathOf, () => {
  test.each([
    ['a', ['a']],
    ['a.b_1.C', ['a', 'b_1', 'C']],
    ['"a.b"', ['a.b']],
    ['a."b c"."\\u00e9\\"".d', ['a', 'b c', 'é"', 'd']],
    ...['', '.', 'a.', '.a', 'a..b', 'a b', 'a.1', '1a', 'a-b', 'a[0]', '@', '"a', '"a"b', '""', '"\\x"', 'a."', 'a.*', ' a', 'a\n'].map(
      (text) => [text, null],
    ),
  ] as [string, string[] | null][])('of %j is %j', (expression, want) => expect(pathOf(expression)).toEqual(want));

  test('is found where the library finds one, and leads to the same', () => {
    const name = fc.constantFrom('a', 'B2', '_', '"a"', '"x.y"', '"\\""');
    const document = { a: { a: 1, '"': 2, B2: { _: 3 } }, 'x.y': { a: { a: 4 } }, _: 'x', B2: [] };
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const path = pathOf(names.join('.'))!;
        const found = path.reduce<unknown>(
          (at, step) =>
            typeof at === 'object' && at !== null && !Array.isArray(at) ? ((at as Record<string, unknown>)[step] ?? null) : null,
          document,
        );
        expect(found).toEqual(search(names.join('.'), document));
      }),
    );
  });
});
