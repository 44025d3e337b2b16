import { goDuration } from '../runtime/go-duration.ts';

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that an extracted value stands for: a number, a time span in seconds, or 1 and 0 for `true` and `false`; null for what is none. */
export function metricValue(text: string): number | null {
  if (NUMBER.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : null;
  }
  if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0;
  return goDuration(text);
}
