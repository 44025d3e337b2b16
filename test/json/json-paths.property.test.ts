import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonPaths, type JsonPath } from '../../agent/json/json-paths.ts';
import { jsonText } from '../../agent/json/json-text.ts';
import { jsonValue } from '../../agent/json/json-value.ts';
import { countingBuffer } from '../stages/counting-buffer.ts';

const AROUND = '{"a":"around"} ';
const NAMES = ['a', 'b', 'a', 'b', 'a.b', 'é', '__proto__', '"', ''];

const name = fc.constantFrom(...NAMES);
const space = fc.constantFrom('', '', '', ' ', '\n\t');
/** Texts of JSON in all their spellings: white space, escapes, names that come twice. */
const { value, object } = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc
      .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.boolean(), fc.constant(null))
      .map((scalar) => JSON.stringify(scalar)),
    fc.constantFrom('1e3', '-0', '-0.0', '1.50', '2E-7', '1e400', '123456789012345678901'),
    fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
    fc.constantFrom('"\\u0041\\/\\b"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\\\\\""'),
    tie('object'),
    fc.array(fc.tuple(space, tie('value')), { maxLength: 3 }).map((items) => `[${items.map(([gap, item]) => gap + item).join()}]`),
  ),
  object: fc
    .array(
      fc.tuple(
        space,
        fc.oneof(
          name.map((text) => JSON.stringify(text)),
          fc.constantFrom('"\\u0061"', '"\\u00e9"'),
        ),
        space,
        tie('value'),
      ),
      { maxLength: 5 },
    )
    .map((fields) => `{${fields.map(([before, key, gap, field]) => `${before}${key}${gap}:${gap}${field}${before}`).join()}}`),
}));
const path: fc.Arbitrary<JsonPath> = fc.array(name, { minLength: 1, maxLength: 2 });

function lookup(document: unknown, path: JsonPath): unknown {
  let at = document;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, step)) return null;
    at = (at as Record<string, unknown>)[step];
  }
  return at;
}

/** What is found at each path, in the middle of a longer buffer; null: that is no object. */
function found(paths: readonly JsonPath[], text: string | Buffer): (string | null)[] | null {
  const [before, line] = [Buffer.from(AROUND), Buffer.from(text)];
  const bytes = Buffer.concat([before, line, before]);
  const finder = new JsonPaths(paths);
  if (!finder.find(bytes, before.length, before.length + line.length)) return null;
  return paths.map((_, i) => (finder.start(i) === -1 ? null : jsonValue(bytes, finder.start(i), finder.end(i))));
}

function isObject(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null && !Array.isArray(document);
  } catch {
    return false;
  }
}

describe(JsonPaths, () => {
  test('finds in any JSON what JSON.parse and a look-up find', () => {
    let hits = 0;
    fc.assert(
      fc.property(fc.oneof(object, object, value), fc.array(path, { minLength: 1, maxLength: 4 }), (text, paths) => {
        const texts = found(paths, text);
        expect(texts !== null).toBe(isObject(text));
        if (texts === null) return;
        const document: unknown = JSON.parse(text);
        for (const [i, path] of paths.entries()) {
          const want = lookup(document, path);
          if (want !== null) hits += 1;
          // Whole numbers keep digits that doubles do not have, and objects their spelling.
          if (typeof want === 'number') expect(Number(texts[i])).toBe(want);
          else if (typeof want === 'object' && want !== null) expect(JSON.parse(texts[i]!)).toEqual(want);
          else expect(texts[i]).toBe(jsonText(want));
        }
      }),
      { numRuns: 3000 },
    );
    expect(hits).toBeGreaterThan(200);
  });

  test('takes for an object what JSON.parse takes for one, whatever is broken', () => {
    const broken = fc.tuple(value, fc.nat(), fc.constantFrom('', '"', '\\', '{', '}', ',', ':', '0', '.', 'e', '\x01', '\x80', 'tru', '-'));
    fc.assert(
      fc.property(broken, ([text, seed, junk]) => {
        const at = seed % (text.length + 1);
        const line = text.slice(0, at) + junk + text.slice(at + (seed % 2));
        expect(found([['a']], line) !== null).toBe(isObject(line));
      }),
      { numRuns: 3000 },
    );
  });

  test.each(['{"a":"x"', '{"a":', '{"b":[', '{"b":{"a":', '{"b":"\\\\', '{"\\u0061', '{"a" ', '{"a":1.'])(
    'looks at each byte a bounded number of times: %s',
    (repeated) => {
      const looks = (times: number): number => {
        const { bytes, touched } = countingBuffer(Buffer.from(repeated.repeat(times)));
        new JsonPaths([['a'], ['b', 'a']]).find(bytes, 0, bytes.length);
        return touched() / bytes.length;
      };
      expect(looks(20_000)).toBeLessThan(Math.max(looks(1000) * 1.1, 8));
    },
  );
});
