import type { TemplateFunction } from './function.ts';
import { quoted } from './go-text.ts';
import { FAILED, type Outcome, printed, typeName, type Value } from './value.ts';

/** Go's package fmt: Sprint, Sprintln and Sprintf, as far as texts and numbers are concerned. */
export const PRINT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  print: { kinds: [], rest: 'any', apply: print },
  println: { kinds: [], rest: 'any', apply: (values) => `${values.map(shown).join(' ')}\n` },
  printf: { kinds: ['text'], rest: 'any', apply: ([format, ...values], maxLength) => printf(format as string, values, maxLength) },
};

export const TO_STRING: TemplateFunction = { kinds: ['any'], apply: ([value]) => printed(value!) };

const VERB = /%([-+# 0]*)(\d*)(?:\.(\d*))?(.)?/gsu;

/** Values stand next to a text without a space between. */
function print(values: readonly Value[]): string {
  return values.reduce<string>((text, value, index) => {
    const isApart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    return `${text}${isApart ? ' ' : ''}${shown(value)}`;
  }, '');
}

function shown(value: Value): string {
  return value === null ? '<nil>' : printed(value);
}

function printf(format: string, values: readonly Value[], maxLength: number): Outcome {
  let text = '';
  let from = 0;
  let used = 0;
  for (const found of format.matchAll(VERB)) {
    const [whole, flags = '', width = '', precision, verb] = found;
    text += format.slice(from, found.index);
    from = found.index + whole.length;
    if (verb === undefined || verb === '%' || used >= values.length) text += withoutValue(verb);
    else {
      if (Number(width) > maxLength || Number(precision ?? 0) > maxLength) return FAILED;
      text += padded(formatted(values[used]!, verb, { flags, precision }), Number(width), flags);
      used += 1;
    }
  }
  const rest = values.slice(used).map(described).join(', ');
  return text + format.slice(from) + (rest === '' ? '' : `%!(EXTRA ${rest})`);
}

function withoutValue(verb: string | undefined): string {
  if (verb === undefined) return '%!(NOVERB)';
  return verb === '%' ? '%' : `%!${verb}(MISSING)`;
}

interface Form {
  readonly flags: string;
  readonly precision: string | undefined;
}

function formatted(value: Value, verb: string, form: Form): string {
  const text = verb === 'v' ? shown(value) : formatOf(value, verb, form);
  if (text === null) return `%!${verb}(${described(value)})`;
  return typeof value !== 'string' && form.flags.includes('+') && !text.startsWith('-') ? `+${text}` : text;
}

function formatOf(value: Value, verb: string, { precision }: Form): string | null {
  if (typeof value === 'string') return textAs(value, verb, precision === undefined ? undefined : Number(precision));
  if (typeof value === 'bigint') return wholeAs(value, verb);
  if (typeof value === 'number') return floatAs(value, verb, precision === undefined ? undefined : Number(precision));
  return typeof value === 'boolean' && verb === 't' ? String(value) : null;
}

function textAs(text: string, verb: string, most = text.length): string | null {
  if (verb === 's') return most >= text.length ? text : Array.from(text).slice(0, most).join('');
  if (verb === 'q') return quoted(text);
  if (verb !== 'x' && verb !== 'X') return null;
  const digits = Buffer.from(text).toString('hex');
  return verb === 'x' ? digits : digits.toUpperCase();
}

const BASES: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 };

function wholeAs(value: bigint, verb: string): string | null {
  const base = BASES[verb];
  if (base === undefined) return null;
  const digits = value.toString(base);
  return verb === 'X' ? digits.toUpperCase() : digits;
}

/** JavaScript's toFixed and toExponential take 100 digits at most. */
function floatAs(value: number, verb: string, digits = 6): string | null {
  if (verb === 'g') return printed(value);
  if (verb === 'f' || verb === 'F') return value.toFixed(Math.min(digits, 100));
  if (verb !== 'e') return null;
  return value.toExponential(Math.min(digits, 100)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function padded(text: string, width: number, flags: string): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+-]?/.exec(text)![0];
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function described(value: Value): string {
  return value === null ? '<nil>' : `${typeName(value)}=${printed(value)}`;
}
