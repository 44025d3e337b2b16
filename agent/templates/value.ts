import { printedFloat } from './printed-float.ts';

/** What a template computes with: Go's string, int (a bigint here), float64 (a number), bool and nil. */
export type Value = string | bigint | number | boolean | null;

/** In place of a value: the template comes to nothing, where Go's would end with an error. */
export const FAILED: unique symbol = Symbol('failed');
export type Outcome = Value | typeof FAILED;

/** As Go prints it. */
export function printed(value: Value): string {
  if (value === null) return '<no value>';
  return typeof value === 'number' ? printedFloat(value) : String(value);
}

/** What `if` goes by: neither empty nor zero. */
export function isTrue(value: Value): boolean {
  return value !== null && value !== '' && value !== 0n && value !== 0 && value !== false;
}

/** Go's names of the types. */
export function typeName(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}
