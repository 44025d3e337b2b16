import { compilePattern, type Pattern } from '../patterns/pattern.ts';
import { isOfKind, type Kind, type TemplateFunction } from './function.ts';
import { FUNCTIONS } from './functions.ts';
import { PATTERN_FUNCTIONS } from './pattern-functions.ts';
import type { Expression, Scope } from './scope.ts';
import { TemplateFault } from './template-fault.ts';
import { FAILED, isTrue, type Outcome, type Value } from './value.ts';

const KIND_NAMES: Readonly<Record<Kind, string>> = { text: 'text', whole: 'a whole number', flag: 'true or false', any: 'a value' };

/** Functions that end with the first argument that decides, and do not look at those behind it. */
const DECIDING: Readonly<Record<string, boolean>> = { and: false, or: true };

/** Every name that may stand where a function does. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys(), ...Object.keys(DECIDING), ...Object.keys(PATTERN_FUNCTIONS)];

/** What a function makes of its arguments. Throws a `TemplateFault` where it cannot be called like that. */
export function call(name: string, args: readonly Expression[]): Expression {
  if (args.some(({ isAll }) => isAll === true)) throw new TemplateFault('. is all values together, name the one that is meant: .Value');
  const decides = DECIDING[name];
  if (decides !== undefined) return { evaluate: deciding(name, args, decides) };
  const ofPattern = PATTERN_FUNCTIONS[name];
  if (ofPattern !== undefined) return callWithPattern(name, ofPattern, args);
  const called = FUNCTIONS.get(name);
  if (called === undefined) throw new TemplateFault(`unknown function ${name}`, name);
  checkArguments(name, called, args);
  return { evaluate: calling(called, args) };
}

function callWithPattern(name: string, ofPattern: (pattern: Pattern) => TemplateFunction, args: readonly Expression[]): Expression {
  const [first, ...rest] = args;
  if (typeof first?.constant !== 'string') throw new TemplateFault(`${name} wants a pattern in quotes as its first argument`);
  const pattern = compilePattern(first.constant);
  if ('fault' in pattern) throw new TemplateFault(`the pattern of ${name}: ${pattern.fault}`);
  const called = ofPattern(pattern);
  checkArguments(name, { ...called, kinds: ['text', ...called.kinds] }, args);
  return { evaluate: calling(called, rest) };
}

function deciding(name: string, args: readonly Expression[], decides: boolean): Expression['evaluate'] {
  if (args.length === 0) throw new TemplateFault(`${name} wants a value at least`);
  return (scope) => {
    let value: Outcome = null;
    for (const { evaluate } of args) {
      value = evaluate(scope);
      if (value === FAILED || isTrue(value) === decides) return value;
    }
    return value;
  };
}

function checkArguments(name: string, { kinds, rest }: TemplateFunction, args: readonly Expression[]): void {
  const hasRightNumber = args.length === kinds.length || (rest !== undefined && args.length > kinds.length);
  if (!hasRightNumber)
    throw new TemplateFault(`${name} wants ${rest === undefined ? '' : 'at least '}${counted(kinds.length)}, found ${args.length}`);
  for (const [index, { constant }] of args.entries()) {
    const kind = kinds[index] ?? rest!;
    if (constant !== undefined && !isOfKind(constant, kind))
      throw new TemplateFault(`argument ${index + 1} of ${name} has to be ${KIND_NAMES[kind]}`);
  }
}

function counted(count: number): string {
  return count === 1 ? '1 argument' : `${count} arguments`;
}

function calling({ kinds, rest, apply }: TemplateFunction, args: readonly Expression[]): Expression['evaluate'] {
  return (scope) => {
    const values: Value[] = [];
    for (const [index, { evaluate }] of args.entries()) {
      const value = evaluate(scope);
      if (value === FAILED || !isOfKind(value, kinds[index] ?? rest!)) return FAILED;
      values.push(value);
    }
    return within(apply(values, scope.maxLength), scope);
  };
}

function within(outcome: Outcome, { maxLength }: Scope): Outcome {
  return typeof outcome === 'string' && outcome.length > maxLength ? FAILED : outcome;
}
