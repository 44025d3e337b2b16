import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFault } from '../../agent/logql/fault.ts';
import { parseLogSelector, selectsStream } from '../../agent/logql/parse-log-selector.ts';
import { compileForTest, lineOf } from './lines.ts';

const OPERATORS = ['=', '!=', '=~', '!~'] as const;
/** Long lines are searched otherwise than short ones. */
const PIECES = ['a', 'b', 'ab', '"', '\\', '\n', 'ü', '😀', '\0', '`', 'before', 'x'.repeat(5000)];

const texts = fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join(''));
/** Patterns mean what they say: special signs are escaped. */
const needles = texts.filter((text) => text.length < 100);
const matchers = fc.array(fc.tuple(fc.constantFrom('app', 'env', 'team'), fc.constantFrom(...OPERATORS), needles), {
  minLength: 1,
  maxLength: 4,
});
const filters = fc.array(fc.tuple(fc.constantFrom('|=', '!=', '|~', '!~'), fc.array(needles, { minLength: 1, maxLength: 3 })), {
  maxLength: 4,
});
const entries = fc.record({ labels: fc.dictionary(fc.constantFrom('app', 'env', 'team'), needles), line: texts });

function quoted(text: string, isPattern: boolean, inBackticks: boolean): string {
  const written = isPattern ? text.replaceAll(/["\\`]/g, (sign) => `\\${sign === '`' ? 'x60' : sign}`) : text;
  if (inBackticks && !written.includes('`')) return `\`${written}\``;
  return `"${written.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

test('a selector means what a reader of it would say', () => {
  fc.assert(
    fc.property(matchers, filters, entries, fc.boolean(), (matchers, filters, { labels, line }, inBackticks) => {
      const inBraces = matchers.map(([name, operator, text]) => `${name}${operator}${quoted(text, operator.endsWith('~'), inBackticks)}`);
      const behind = filters.map(
        ([operator, texts]) => `${operator}${texts.map((text) => quoted(text, operator.endsWith('~'), inBackticks)).join(' or ')}`,
      );
      const selector = parseLogSelector(`{${inBraces.join(', ')}} ${behind.join(' ')}`, compileForTest);
      if (isFault(selector)) throw new Error(selector.fault);
      expect(selectsStream(selector, (name) => labels[name] ?? '')).toBe(
        matchers.every(([name, operator, text]) => ((labels[name] ?? '') === text) !== operator.startsWith('!')),
      );
      expect(selector.filter?.(lineOf(line)) ?? true).toBe(
        filters.every(([operator, texts]) => texts.some((text) => line.includes(text)) !== operator.startsWith('!')),
      );
    }),
    { numRuns: 2000 },
  );
});

test('any text is a selector or has a fault', () => {
  const words = ['{', '}', 'app', '=', '!~', '"', '`', '\\', ' ', ',', '|=', '|', 'or', '\n', '#', 'ip(', '[', '😀'];
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 3 }))), (words) => {
      const selector = parseLogSelector(words.join(''), compileForTest);
      expect(isFault(selector) ? selector.fault : selector.matchers).not.toHaveLength(0);
    }),
    { numRuns: 2000 },
  );
});
