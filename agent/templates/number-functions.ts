import type { TemplateFunction } from './function.ts';
import { FAILED, type Outcome, type Value } from './value.ts';

/** Functions of github.com/Masterminds/sprig (numeric.go). They take anything for a number: a text that is none is 0. */
export const NUMBER_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  add: wholes(0, (sum, next) => sum + next),
  add1: { kinds: ['any'], apply: ([value]) => asInt64(toWhole(value!) + 1n) },
  sub: wholes(2, (difference, next) => difference - next),
  mul: wholes(1, (product, next) => product * next),
  div: wholes(2, (value, by) => (by === 0n ? FAILED : value / by)),
  mod: wholes(2, (value, by) => (by === 0n ? FAILED : value % by)),
  max: wholes(1, (most, next) => (next > most ? next : most)),
  min: wholes(1, (least, next) => (next < least ? next : least)),
  addf: floats((sum, next) => sum + next),
  subf: floats((difference, next) => difference - next),
  mulf: floats((product, next) => product * next),
  divf: floats((value, by) => value / by),
  floor: { kinds: ['any'], apply: ([value]) => Math.floor(toFloat(value!)) },
  ceil: { kinds: ['any'], apply: ([value]) => Math.ceil(toFloat(value!)) },
  round: { kinds: ['any', 'whole'], apply: ([value, digits]) => round(toFloat(value!), Number(digits)) },
  int: { kinds: ['any'], apply: ([value]) => toWhole(value!) },
  int64: { kinds: ['any'], apply: ([value]) => toWhole(value!) },
  float64: { kinds: ['any'], apply: ([value]) => toFloat(value!) },
  atoi: { kinds: ['text'], apply: ([text]) => (/^[+-]?\d+$/.test(text as string) ? toWhole(text!) : 0n) },
};

/** Of whole numbers from left to right; `count` of them, or 0 or 1 of them and any number more. */
function wholes(count: 0 | 1 | 2, step: (value: bigint, next: bigint) => bigint | typeof FAILED): TemplateFunction {
  const kinds = Array.from({ length: count }, () => 'any' as const);
  const apply = (args: readonly Value[]): Outcome => {
    const [first = 0n, ...others] = args.map(toWhole);
    let result = first;
    for (const other of others) {
      const next = step(result, other);
      if (next === FAILED) return FAILED;
      result = asInt64(next);
    }
    return result;
  };
  return count === 2 ? { kinds, apply } : { kinds, rest: 'any', apply };
}

function floats(step: (value: number, next: number) => number): TemplateFunction {
  return { kinds: ['any'], rest: 'any', apply: (args) => args.map(toFloat).reduce(step) };
}

function round(value: number, digits: number): Outcome {
  const scale = 10 ** digits;
  const scaled = value * scale;
  return (scaled - Math.trunc(scaled) >= 0.5 ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
}

function asInt64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** github.com/spf13/cast, ToInt64: decimal, hexadecimal or octal, or nothing. */
function toWhole(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isFinite(value) ? asInt64(BigInt(Math.trunc(value))) : 0n;
  if (value === null) return 0n;
  const [, sign = '', digits] = /^([+-]?)(0[xX][\da-fA-F]+|\d+)$/.exec(value) ?? [];
  if (digits === undefined || digits.length > 20) return 0n;
  const size = BigInt(digits);
  const whole = sign === '-' ? -size : size;
  return whole === asInt64(whole) ? whole : 0n;
}

/** cast, ToFloat64. */
function toFloat(value: Value): number {
  if (typeof value === 'string') return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : 0;
  return Number(value ?? 0);
}
