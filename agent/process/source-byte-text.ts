import { byteTextOf } from '../patterns/byte-text.ts';
import type { Entry } from './entry.ts';

/** The byte text that a stage looks into: of the line where `slot` is null, else of the value that was extracted there; null: there is none. */
export function sourceByteText(entry: Entry, slot: number | null): string | null {
  if (slot === null) return entry.byteText;
  const value = entry.extracted[slot]!;
  return value === null ? null : byteTextOf(value);
}
