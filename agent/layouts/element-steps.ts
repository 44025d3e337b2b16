import { padded, readFraction, readHalf, readNumber, readSecond, readShortYear } from './clock-steps.ts';
import { elementsOf } from './layout-elements.ts';
import type { ReadStep } from './read-step.ts';
import { readMonth, readText, readWeekDay } from './word-steps.ts';
import { readOffset, readZoneName } from './zone-steps.ts';

const ONE_OR_TWO = [1, 2] as const;
const TWO = [2, 2] as const;
const MONTH = [1, 12] as const;
/** Whether the month has that many days is looked at when all is known. */
const DAY = [1, 31] as const;
const YEAR_DAY = [1, 366] as const;

/** By the piece of a layout, what makes the step that reads it (go/src/time/format.go, parse). `0` before a number demands both digits. */
const STEPS: Readonly<Record<string, (piece: string) => ReadStep>> = {
  January: readMonth,
  Jan: readMonth,
  Monday: readWeekDay,
  Mon: readWeekDay,
  MST: readZoneName,
  '2006': () => readNumber('year', { digits: [4, 4], range: [0, 9999] }),
  '06': readShortYear,
  '01': () => readNumber('month', { digits: TWO, range: MONTH }),
  '1': () => readNumber('month', { digits: ONE_OR_TWO, range: MONTH }),
  '02': () => readNumber('day', { digits: TWO, range: DAY }),
  '2': () => readNumber('day', { digits: ONE_OR_TWO, range: DAY }),
  _2: () => padded(1, readNumber('day', { digits: ONE_OR_TWO, range: DAY })),
  '002': () => readNumber('yearDay', { digits: [3, 3], range: YEAR_DAY }),
  __2: () => padded(2, readNumber('yearDay', { digits: [1, 3], range: YEAR_DAY })),
  '15': () => readNumber('hour', { digits: ONE_OR_TWO, range: [0, 23] }),
  '03': () => readNumber('hour', { digits: TWO, range: [0, 12] }),
  '3': () => readNumber('hour', { digits: ONE_OR_TWO, range: [0, 12] }),
  '04': () => readNumber('minute', { digits: TWO, range: [0, 59] }),
  '4': () => readNumber('minute', { digits: ONE_OR_TWO, range: [0, 59] }),
  PM: readHalf,
  pm: readHalf,
};

/** A layout as steps that read a text from left to right. */
export interface LayoutSteps {
  readonly steps: readonly ReadStep[];
  /** The pieces of the reference time in it. */
  readonly pieces: ReadonlySet<string>;
}

export function stepsOf(layout: string): LayoutSteps {
  const elements = elementsOf(layout);
  const pieces = elements.filter(({ kind }) => kind === 'element').map(({ text }) => text);
  const steps = elements.map(({ kind, text }, index) => {
    const next = elements[index + 1];
    return kind === 'text' ? readText(text) : stepOf(text, next?.kind === 'element' && isFraction(next.text));
  });
  return { steps, pieces: new Set(pieces) };
}

function stepOf(piece: string, hasFraction: boolean): ReadStep {
  if (piece === '05' || piece === '5') return readSecond(piece === '05' ? 2 : 1, hasFraction);
  if (isFraction(piece)) return readFraction(piece);
  const step = STEPS[piece];
  return step === undefined ? readOffset(piece) : step(piece);
}

function isFraction(piece: string): boolean {
  return piece.startsWith('.') || piece.startsWith(',');
}
