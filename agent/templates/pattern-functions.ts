import { byteTextOf, textOf } from '../patterns/byte-text.ts';
import type { Pattern } from '../patterns/pattern.ts';
import { ofTexts, type TemplateFunction } from './function.ts';
import { expanding, replaceMatches } from './replace-matches.ts';

/** Functions whose first argument is a pattern, which stands in the template as it is: so it is compiled once, and what is wrong with it is said then. */
export const PATTERN_FUNCTIONS: Readonly<Record<string, (pattern: Pattern) => TemplateFunction>> = {
  regexReplaceAll: (pattern) => ({
    kinds: ['text', 'text'],
    apply: ([text, replacement], maxLength) =>
      replaceMatches(pattern, text as string, expanding(pattern, replacement as string), maxLength),
  }),
  regexReplaceAllLiteral: (pattern) => ({
    kinds: ['text', 'text'],
    apply: ([text, replacement], maxLength) => {
      const bytes = byteTextOf(replacement as string);
      return replaceMatches(pattern, text as string, () => bytes, maxLength);
    },
  }),
  regexMatch: (pattern) => ofTexts<[string]>(1, (text) => pattern.test(byteTextOf(text))),
  regexFind: (pattern) => ofTexts<[string]>(1, (text) => textOf(pattern.exec(byteTextOf(text))?.[0] ?? '')),
};
