import { bounded, ofTexts, type TemplateFunction } from './function.ts';
import { quoted } from './go-text.ts';
import { replace, sliceBytes, title, toLower, toUpper, trimLeft, trimRight, trimSpace } from './strings.ts';
import { FAILED, printed, type Value } from './value.ts';

const trim = (text: string, cutset: string): string => trimRight(trimLeft(text, cutset), cutset);
const trimPrefix = (text: string, prefix: string): string => (text.startsWith(prefix) ? text.slice(prefix.length) : text);
const trimSuffix = (text: string, suffix: string): string => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text);
const upper = ofTexts<[string]>(1, toUpper);
const lower = ofTexts<[string]>(1, toLower);
const trimmed = ofTexts<[string]>(1, trimSpace);

/** Those that Promtail adds (clients/pkg/logentry/stages/template.go): functions of Go's package strings. */
const PROMTAIL: Readonly<Record<string, TemplateFunction>> = {
  ToLower: lower,
  ToUpper: upper,
  Replace: {
    kinds: ['text', 'text', 'text', 'whole'],
    apply: ([text, from, to, most], maxLength) =>
      replace(text as string, { from: from as string, to: to as string, most: most as bigint }, maxLength),
  },
  Trim: ofTexts<[string, string]>(2, trim),
  TrimLeft: ofTexts<[string, string]>(2, trimLeft),
  TrimRight: ofTexts<[string, string]>(2, trimRight),
  TrimPrefix: ofTexts<[string, string]>(2, trimPrefix),
  TrimSuffix: ofTexts<[string, string]>(2, trimSuffix),
  TrimSpace: trimmed,
};

/** Those of github.com/Masterminds/sprig (strings.go), which take what they change last. */
const SPRIG: Readonly<Record<string, TemplateFunction>> = {
  lower,
  upper,
  title: ofTexts<[string]>(1, title),
  trim: trimmed,
  trimAll: ofTexts<[string, string]>(2, (cutset, text) => trim(text, cutset)),
  trimPrefix: ofTexts<[string, string]>(2, (prefix, text) => trimPrefix(text, prefix)),
  trimSuffix: ofTexts<[string, string]>(2, (suffix, text) => trimSuffix(text, suffix)),
  nospace: ofTexts<[string]>(1, (text) => text.replace(/[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g, '')),
  replace: {
    kinds: ['text', 'text', 'text'],
    apply: ([from, to, text], maxLength) => replace(text as string, { from: from as string, to: to as string, most: -1n }, maxLength),
  },
  trunc: { kinds: ['whole', 'text'], apply: ([length, text]) => trunc(Number(length), text as string) },
  substr: {
    kinds: ['whole', 'whole', 'text'],
    apply: ([start, end, text]) => substr(Number(start), Number(end), text as string),
  },
  contains: ofTexts<[string, string]>(2, (part, text) => text.includes(part)),
  hasPrefix: ofTexts<[string, string]>(2, (prefix, text) => text.startsWith(prefix)),
  hasSuffix: ofTexts<[string, string]>(2, (suffix, text) => text.endsWith(suffix)),
  repeat: {
    kinds: ['whole', 'text'],
    apply: ([count, text], maxLength) => {
      const times = Number(count);
      const one = text as string;
      return times < 0 ? FAILED : bounded(times * one.length, maxLength, () => one.repeat(times));
    },
  },
  quote: { kinds: [], rest: 'any', apply: (args) => listed(args, (value) => quoted(printed(value))) },
  squote: { kinds: [], rest: 'any', apply: (args) => listed(args, (value) => `'${printed(value)}'`) },
  cat: { kinds: [], rest: 'any', apply: (args) => listed(args, printed) },
};

export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = { ...PROMTAIL, ...SPRIG };

/** Sprig leaves nil out. */
function listed(values: readonly Value[], print: (value: Value) => string): string {
  return values
    .filter((value) => value !== null)
    .map(print)
    .join(' ');
}

function trunc(length: number, text: string): string {
  const bytes = Buffer.byteLength(text);
  if (length < 0) return bytes + length > 0 ? sliceBytes(text, bytes + length, bytes) : text;
  return sliceBytes(text, 0, Math.min(length, bytes));
}

function substr(start: number, end: number, text: string): string | typeof FAILED {
  const bytes = Buffer.byteLength(text);
  const to = end < 0 || end > bytes ? bytes : end;
  if (start < 0) return end < 0 || end > bytes ? FAILED : sliceBytes(text, 0, end);
  return start > to ? FAILED : sliceBytes(text, start, to);
}
