import { civilFromDays, daysFromCivil } from '../runtime/civil-time.ts';
import { type LayoutSteps, stepsOf } from './element-steps.ts';
import type { LayoutTime } from './layout-time.ts';
import { TimeFields } from './time-fields.ts';
import { UNIX_LAYOUTS, unixReader } from './unix-layouts.ts';
import type { Zone } from './zone.ts';

/** Go's names of layouts (go/src/time/format.go) that Promtail takes. */
const NAMED: Readonly<Record<string, string>> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RubyDate: 'Mon Jan 02 15:04:05 -0700 2006',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC850: 'Monday, 02-Jan-06 15:04:05 MST',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

/** Layouts that have a name. */
export const LAYOUT_NAMES: readonly string[] = [...Object.keys(NAMED), ...UNIX_LAYOUTS];

/** Without any of them a layout says nothing but the time of day. */
const DAY_PIECES: readonly string[] = ['2006', '06', 'January', 'Jan', '01', '1', '02', '2', '_2', '002', '__2'];
const SECONDS_PER_DAY = 86_400;
/** A year that has every day. */
const LEAP_YEAR = 2000;

/**
 * Reads what `text` says into `time`; false when it is not of the layout's form. `nearSeconds`: a time not far from it, in seconds since
 * 1970, for layouts without a year or a day.
 */
export type Layout = (text: string, nearSeconds: number, time: LayoutTime) => boolean;

/**
 * Makes of one of `LAYOUT_NAMES`, or of Go's reference time `Mon Jan 2 15:04:05 -0700 MST 2006` written in another way, what reads such times,
 * as time.Parse does. `zone`: that of times that do not say theirs; null: UTC. Null when nothing of the reference time is in it.
 */
export function compileLayout(format: string, zone: Zone | null): Layout | null {
  const unix = unixReader(format);
  if (unix !== null) return (text, _, time) => unix(text, time);
  const { steps, pieces } = stepsOf(NAMED[format] ?? format);
  if (pieces.size === 0) return null;
  const fields = new TimeFields();
  const stepNanos = stepOf(pieces);
  const hasDay = DAY_PIECES.some((piece) => pieces.has(piece));
  return (text, nearSeconds, time) => {
    fields.reset();
    for (const step of steps) if (!step(text, fields)) return false;
    if (fields.at !== text.length) return false;
    const seconds = hasDay ? secondsOf(fields, nearSeconds, zone) : secondsNear(fields, nearSeconds, zone);
    if (seconds === null) return false;
    time.seconds = seconds;
    time.nanos = fields.nanos;
    time.stepNanos = fields.digits > 0 ? 10 ** (9 - fields.digits) : stepNanos;
    return true;
  };
}

/** Nanoseconds between two times that differ in nothing but the smallest piece of a layout, fractions apart. */
function stepOf(pieces: LayoutSteps['pieces']): number {
  const has = (...some: string[]): boolean => some.some((piece) => pieces.has(piece));
  if (has('05', '5')) return 1e9;
  if (has('04', '4')) return 60e9;
  return (has('15', '03', '3') ? 3600 : SECONDS_PER_DAY) * 1e9;
}

/** Null when no calendar has the day. */
function secondsOf(fields: TimeFields, nearSeconds: number, zone: Zone | null): number | null {
  const days = dayOf(fields, nearSeconds);
  return days === null ? null : toUtc(days * SECONDS_PER_DAY + secondOfDay(fields), fields.offset, zone);
}

/** Without a day, that one makes the time less than twelve hours away from the time near it. */
function secondsNear(fields: TimeFields, nearSeconds: number, zone: Zone | null): number {
  const shown = Math.floor(nearSeconds / SECONDS_PER_DAY) * SECONDS_PER_DAY + secondOfDay(fields);
  const seconds = toUtc(shown, fields.offset, zone);
  const days = Math.round((nearSeconds - seconds) / SECONDS_PER_DAY);
  return days === 0 ? seconds : toUtc(shown + days * SECONDS_PER_DAY, fields.offset, zone);
}

/** Seconds since 1970 of what a clock and a calendar showed, given as if that were UTC. */
function toUtc(shown: number, offset: number | null, zone: Zone | null): number {
  return offset !== null ? shown - offset : (zone?.toUtc(shown) ?? shown);
}

function secondOfDay(fields: TimeFields): number {
  return hourOf(fields) * 3600 + fields.minute * 60 + fields.second;
}

function hourOf({ hour, half }: TimeFields): number {
  if (half === 'PM') return hour < 12 ? hour + 12 : hour;
  return half === 'AM' && hour === 12 ? 0 : hour;
}

/** Days since 1970; what is not said is the first. A 29th of February in a year without one is the 1st of March. */
function dayOf({ year, month, day, yearDay }: TimeFields, nearSeconds: number): number | null {
  const [m, d] = yearDay === -1 ? [month === -1 ? 1 : month, day === -1 ? 1 : day] : monthOf(yearDay, year === -1 ? LEAP_YEAR : year);
  if (d > daysIn(m, year === -1 ? LEAP_YEAR : year) || (month !== -1 && month !== m) || (day !== -1 && day !== d)) return null;
  return daysFromCivil(year === -1 ? yearNear(m, nearSeconds) : year, m, d);
}

function monthOf(yearDay: number, year: number): [month: number, day: number] {
  const [ofYear, month, day] = civilFromDays(daysFromCivil(year, 1, yearDay));
  return ofYear === year ? [month, day] : [12, 32];
}

function daysIn(month: number, year: number): number {
  return daysFromCivil(month === 12 ? year + 1 : year, (month % 12) + 1, 1) - daysFromCivil(year, month, 1);
}

/** The year that a month without one is of: that of the time near it, but around the turn of the year. */
function yearNear(month: number, nearSeconds: number): number {
  const [year, nearMonth] = civilFromDays(Math.floor(nearSeconds / SECONDS_PER_DAY));
  if (month === 12 && nearMonth === 1) return year - 1;
  return month === 1 && nearMonth === 12 ? year + 1 : year;
}
