import { STDERR, STDOUT, type RecordView } from '../model/record.ts';
import { daysFromCivil } from '../runtime/civil-time.ts';

const ZERO = 48;
const DASH = 45;
const PLUS = 43;
const DOT = 46;
const COLON = 58;
const SPACE = 32;
const UPPER_T = 84;
const UPPER_Z = 90;
const UPPER_P = 80;
/** Length of `2006-01-02T15:04:05`. */
const SECONDS_LENGTH = 19;
/** What stands before the content ends within this many bytes, so that the begin of a record decides what it is. */
export const MAX_HEADER_BYTES = 256;

const MONTH_DAYS: readonly number[] = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysOfMonth(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : MONTH_DAYS[month]!;
}

/** Two digits at `at`, or 100 when they are none. */
function twoDigits(b: Buffer, at: number): number {
  const tens = (b[at]! - ZERO) >>> 0;
  const ones = (b[at + 1]! - ZERO) >>> 0;
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/** Fills `seconds` from `2006-01-02T15:04:05` at `at`, as if in UTC; false when it is not of that form. */
function decodeSeconds(b: Buffer, at: number, view: RecordView): boolean {
  if (b[at + 4] !== DASH || b[at + 7] !== DASH || b[at + 10] !== UPPER_T || b[at + 13] !== COLON || b[at + 16] !== COLON) return false;
  const century = twoDigits(b, at);
  const yearOfCentury = twoDigits(b, at + 2);
  const month = twoDigits(b, at + 5);
  const day = twoDigits(b, at + 8);
  const hour = twoDigits(b, at + 11);
  const minute = twoDigits(b, at + 14);
  const second = twoDigits(b, at + 17);
  if (century > 99 || yearOfCentury > 99 || hour > 23 || minute > 59 || second > 60) return false;
  const year = century * 100 + yearOfCentury;
  if (month === 0 || month > 12 || day === 0 || (day > 28 && day > daysOfMonth(year, month))) return false;
  view.seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
  return true;
}

/** Fills `nanos` from an optional fraction at `at` (up to nine digits, trailing zeros may be missing); the index after it, or -1. */
function decodeFraction(b: Buffer, at: number, view: RecordView): number {
  view.nanos = 0;
  if (b[at] !== DOT) return at;
  let i = at + 1;
  let nanos = 0;
  for (let digit = (b[i]! - ZERO) >>> 0; digit <= 9; digit = (b[i]! - ZERO) >>> 0) {
    nanos = nanos * 10 + digit;
    i += 1;
    if (i - at > 10) return -1;
  }
  const digits = i - at - 1;
  if (digits === 0) return -1;
  for (let n = digits; n < 9; n += 1) nanos *= 10;
  view.nanos = nanos;
  return i;
}

/** Takes the zone (`Z`, `+05:30`, `-03:30`) at `at` into `seconds`; the index after it, or -1. */
function decodeZone(b: Buffer, at: number, view: RecordView): number {
  const sign = b[at];
  if (sign === UPPER_Z) return at + 1;
  if (sign !== PLUS && sign !== DASH) return -1;
  const hours = twoDigits(b, at + 1);
  const minutes = twoDigits(b, at + 4);
  if (b[at + 3] !== COLON || hours > 23 || minutes > 59) return -1;
  const offset = hours * 3600 + minutes * 60;
  view.seconds += sign === PLUS ? -offset : offset;
  return at + 6;
}

/**
 * Fills time from an RFC3339Nano timestamp at `at` (Go layout `2006-01-02T15:04:05.999999999Z07:00`).
 * Returns the index after it, or -1 for anything else and for what was before 1970. It does not know where the record ends: an
 * index behind that end is for the caller to refuse.
 */
export function decodeTimestamp(b: Buffer, at: number, view: RecordView): number {
  if (!decodeSeconds(b, at, view)) return -1;
  const afterFraction = decodeFraction(b, at + SECONDS_LENGTH, view);
  if (afterFraction === -1) return -1;
  const afterZone = decodeZone(b, afterFraction, view);
  return view.seconds < 0 ? -1 : afterZone;
}

/** Fills `channel` from `stdout` or `stderr` at `at`; false for any other word. */
function decodeChannel(b: Buffer, at: number, view: RecordView): boolean {
  // s t d, then `out` or `err`
  if (b[at] !== 115 || b[at + 1] !== 116 || b[at + 2] !== 100) return false;
  if (b[at + 3] === 111 && b[at + 4] === 117 && b[at + 5] === 116) {
    view.channel = STDOUT;
    return true;
  }
  if (b[at + 3] === 101 && b[at + 4] === 114 && b[at + 5] === 114) {
    view.channel = STDERR;
    return true;
  }
  return false;
}

/**
 * Decodes one CRI record `<RFC3339Nano> <stdout|stderr> <tag[:tag...]> <content>` from `b[start, end)` into `view`; at `end` there is
 * its LF, or the buffer ends.
 * Returns false, with `view` in no particular state, for anything else. As the kubelet's reader (kubernetes/cri-client
 * pkg/logs/logs.go, parseCRILog): only the first tag counts, all but `P` mean a full line, and the space after the tags is
 * required even before an empty content.
 */
export function decodeCri(b: Buffer, start: number, end: number, view: RecordView): boolean {
  const afterTime = decodeTimestamp(b, start, view);
  if (afterTime === -1) return false;
  if (b[afterTime] !== SPACE || b[afterTime + 7] !== SPACE || !decodeChannel(b, afterTime + 1, view)) return false;
  const tag = afterTime + 8;
  const afterTag = b[tag + 1] === SPACE ? tag + 1 : b.indexOf(SPACE, tag + 1);
  if (b[tag] === SPACE || afterTag === -1 || afterTag >= Math.min(end, start + MAX_HEADER_BYTES)) return false;
  view.partial = b[tag] === UPPER_P && (afterTag === tag + 1 || b[tag + 1] === COLON);
  view.buffer = b;
  view.start = afterTag + 1;
  view.end = end;
  view.metadata = null;
  return true;
}
