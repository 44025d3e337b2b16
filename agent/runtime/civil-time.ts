/** Seconds since 1970 and nanoseconds within the second, as everywhere in the agent. */
export type Time = readonly [seconds: number, nanos: number];

const SECONDS_PER_DAY = 86_400;

/** The time that a clock's milliseconds mean. */
export function timeOf(ms: number): Time {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.floor((ms - seconds * 1000) * 1e6)];
}

/** `2024-05-01T12:00:00`, UTC: what all the formats of log times have in common. */
export function civilSeconds([seconds]: Time): string {
  const days = Math.floor(seconds / SECONDS_PER_DAY);
  const rest = seconds - days * SECONDS_PER_DAY;
  return `${civilDate(days)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
}

/** Go's RFC3339Nano in UTC: zeros at the end of the fraction are left out, and with them the point. */
export function rfc3339Nano(time: Time): string {
  return `${civilSeconds(time)}${trimmedFraction(time)}Z`;
}

/** RFC 3339 in UTC with all nine digits: such times compare as text. */
export function rfc3339(time: Time): string {
  return `${civilSeconds(time)}.${nineDigits(time[1])}Z`;
}

/** The fraction of a second as Go's `.999999999` prints it: empty, or a point and up to nine digits. */
export function trimmedFraction([, nanos]: Time): string {
  return nanos === 0 ? '' : `.${nineDigits(nanos)}`.replace(/0+$/, '');
}

export function nineDigits(nanos: number): string {
  return String(nanos).padStart(9, '0');
}

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar (Howard Hinnant, days_from_civil): years begin in March, so that a leap
 * day is their last. `| 0` instead of Math.floor keeps it in integers.
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const leapDays = (y >> 2) - ((y / 100) | 0) + ((y / 400) | 0);
  const dayOfYear = ((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0;
  return y * 365 + leapDays + dayOfYear + day - 719_469;
}

/** Year, month and day of a number of days since 1970-01-01: Howard Hinnant's civil_from_days. Years begin in March, so that the leap day is their last. */
export function civilFromDays(daysSince1970: number): [year: number, month: number, day: number] {
  const days = daysSince1970 + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0);
  return [year, month < 10 ? month + 3 : month - 9, day];
}

function civilDate(daysSince1970: number): string {
  const [year, month, day] = civilFromDays(daysSince1970);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
