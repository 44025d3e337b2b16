import { endOfDigits, isDigit, nanosOf, numberOf } from './read-digits.ts';
import type { ReadStep } from './read-step.ts';
import type { TimeFields } from './time-fields.ts';

type Field = 'year' | 'month' | 'day' | 'yearDay' | 'hour' | 'minute' | 'second';

/** Digits that a number has, and between what it lies. */
interface NumberForm {
  readonly digits: readonly [least: number, most: number];
  readonly range: readonly [least: number, greatest: number];
}

/** Reads a number into a field. */
export function readNumber(field: Field, { digits: [fewest, most], range: [least, greatest] }: NumberForm): ReadStep {
  return (text, fields) => {
    const end = endOfDigits(text, fields.at, most);
    if (end - fields.at < fewest) return false;
    const value = numberOf(text, fields.at, end);
    if (value < least || value > greatest) return false;
    fields[field] = value;
    fields.at = end;
    return true;
  };
}

/** Lets a number have a space in place of its first digit, as `_2` does. */
export function padded(spaces: number, read: ReadStep): ReadStep {
  return (text, fields) => {
    for (let space = 0; space < spaces && text[fields.at] === ' '; space += 1) fields.at += 1;
    return read(text, fields);
  };
}

/** `06`: 69 to 99 are of the last century. */
export function readShortYear(): ReadStep {
  const read = readNumber('year', { digits: [2, 2], range: [0, 99] });
  return (text, fields) => {
    if (!read(text, fields)) return false;
    fields.year += fields.year >= 69 ? 1900 : 2000;
    return true;
  };
}

/** `PM` or `pm`, in the case that the layout has. */
export function readHalf(layout: string): ReadStep {
  const isUpper = layout === 'PM';
  return (text, fields) => {
    const word = text.slice(fields.at, fields.at + 2);
    const half = isUpper ? word : word.toUpperCase();
    if ((half !== 'AM' && half !== 'PM') || word !== (isUpper ? half : half.toLowerCase())) return false;
    fields.half = half;
    fields.at += 2;
    return true;
  };
}

/** The second, and a fraction behind it although the layout has none, which Go's Parse takes as well. */
export function readSecond(fewest: 1 | 2, hasFraction: boolean): ReadStep {
  const read = readNumber('second', { digits: [fewest, 2], range: [0, 59] });
  if (hasFraction) return read;
  return (text, fields) => read(text, fields) && (takeFraction(text, fields), true);
}

/** `.000`: as many digits as the layout has. `.999`: any number of them, or none with their point. A comma does for the point. */
export function readFraction(layout: string): ReadStep {
  const digits = layout.length - 1;
  if (layout[1] === '9') return (text, fields) => (takeFraction(text, fields), true);
  return (text, fields) => {
    const from = fields.at + 1;
    if (!isPoint(text, fields.at) || endOfDigits(text, from, digits) - from < digits) return false;
    setFraction(text, fields, from + digits);
    return true;
  };
}

function takeFraction(text: string, fields: TimeFields): void {
  if (isPoint(text, fields.at) && isDigit(text, fields.at + 1)) setFraction(text, fields, endOfDigits(text, fields.at + 1, text.length));
}

/** Takes the digits between the point at `fields.at` and `end`. */
function setFraction(text: string, fields: TimeFields, end: number): void {
  fields.nanos = nanosOf(text, fields.at + 1, end);
  fields.digits = Math.min(end - fields.at - 1, 9);
  fields.at = end;
}

function isPoint(text: string, at: number): boolean {
  return text[at] === '.' || text[at] === ',';
}
