import type { TemplateFunction } from './function.ts';
import { sliceBytes } from './strings.ts';
import { FAILED, isTrue, type Outcome, typeName, type Value } from './value.ts';

/** Functions that Go's templates have of their own (go/src/text/template/funcs.go), and those of sprig for what is empty (defaults.go). */
export const LOGIC_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  not: { kinds: ['any'], apply: ([value]) => !isTrue(value!) },
  eq: { kinds: ['any', 'any'], rest: 'any', apply: ([value, ...others]) => anyEqual(value!, others) },
  ne: comparison((value, other) => inverse(anyEqual(value, [other]))),
  lt: comparison((value, other) => ordered(value, other, (order) => order < 0)),
  le: comparison((value, other) => ordered(value, other, (order) => order <= 0)),
  gt: comparison((value, other) => ordered(value, other, (order) => order > 0)),
  ge: comparison((value, other) => ordered(value, other, (order) => order >= 0)),
  len: { kinds: ['text'], apply: ([text]) => BigInt(Buffer.byteLength(text as string)) },
  slice: { kinds: ['text'], rest: 'whole', apply: ([text, ...places]) => slice(text as string, places.map(Number)) },
  default: { kinds: ['any'], rest: 'any', apply: ([fallback, value = null]) => (isTrue(value) ? value : fallback!) },
  empty: { kinds: ['any'], apply: ([value]) => !isTrue(value!) },
  coalesce: { kinds: [], rest: 'any', apply: (values) => values.find(isTrue) ?? null },
  ternary: { kinds: ['any', 'any', 'flag'], apply: ([ifTrue, ifFalse, flag]) => (flag === true ? ifTrue! : ifFalse!) },
};

function comparison(compare: (value: Value, other: Value) => Outcome): TemplateFunction {
  return { kinds: ['any', 'any'], apply: ([value, other]) => compare(value!, other!) };
}

/** What is there cannot be compared with what is of another type; nothing is equal to nothing but nothing. */
function anyEqual(value: Value, others: readonly Value[]): boolean | typeof FAILED {
  for (const other of others) {
    if (value === other) return true;
    if (value !== null && other !== null && typeName(value) !== typeName(other)) return FAILED;
  }
  return false;
}

function inverse(flag: boolean | typeof FAILED): Outcome {
  return flag === FAILED ? FAILED : !flag;
}

function ordered(value: Value, other: Value, holds: (order: number) => boolean): Outcome {
  if (value === null || other === null || typeof value === 'boolean' || typeName(value) !== typeName(other)) return FAILED;
  if (typeof value === 'string') return holds(Buffer.compare(Buffer.from(value), Buffer.from(other as string)));
  return holds(value < (other as typeof value) ? -1 : Number(value > (other as typeof value)));
}

function slice(text: string, [from = 0, to = Buffer.byteLength(text), ...more]: readonly number[]): Outcome {
  return from < 0 || from > to || to > Buffer.byteLength(text) || more.length > 0 ? FAILED : sliceBytes(text, from, to);
}
