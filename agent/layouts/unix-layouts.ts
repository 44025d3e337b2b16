import { numberOf } from './read-digits.ts';
import type { LayoutTime } from './layout-time.ts';

/** Seconds of 15 digits are exact. */
const UNIX = /^([+-]?)(\d{1,15})(?:\.(\d{1,9})\d*)?$/;

/** Digits that stand behind the second. */
const SCALES: Readonly<Record<string, number>> = { UnixMs: 3, UnixUs: 6, UnixNs: 9 };

export const UNIX_LAYOUTS: readonly string[] = ['Unix', ...Object.keys(SCALES)];

/** What reads a number of seconds since 1970, or of parts of a second; null when the format is no such one. */
export function unixReader(format: string): ((text: string, time: LayoutTime) => boolean) | null {
  if (format === 'Unix') return (text, time) => take(text, time);
  const scale = SCALES[format];
  if (scale === undefined) return null;
  const number = new RegExp(String.raw`^([+-]?)(\d{1,${15 + scale}})$`);
  return (text, time) => {
    const [, sign, digits] = number.exec(text) ?? [];
    if (digits === undefined) return false;
    const padded = digits.padStart(scale + 1, '0');
    return take(`${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`, time);
  };
}

function take(text: string, time: LayoutTime): boolean {
  const [, sign, seconds, fraction = ''] = UNIX.exec(text) ?? [];
  if (seconds === undefined) return false;
  const whole = numberOf(seconds, 0, seconds.length);
  const nanos = numberOf(fraction, 0, fraction.length) * 10 ** (9 - fraction.length);
  const isBefore = sign === '-';
  time.seconds = isBefore ? -whole - (nanos > 0 ? 1 : 0) : whole;
  time.nanos = isBefore && nanos > 0 ? 1e9 - nanos : nanos;
  time.stepNanos = 10 ** (9 - fraction.length);
  return true;
}
