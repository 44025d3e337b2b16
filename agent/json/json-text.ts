import { decimal } from './decimal.ts';

/** What `jsonValue` says of the bytes of a value, of what JSON.parse makes of them. */
export function jsonText(value: unknown): string | null {
  if (value === null) return null;
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'number' ? decimal(String(value)) : JSON.stringify(value);
}
