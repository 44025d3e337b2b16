const ZERO = 48;

/** Whether `text` has a decimal digit at a place. */
export function isDigit(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9;
}

/** Where the digits that begin at a place end, `most` of them at most. */
export function endOfDigits(text: string, from: number, most: number): number {
  let at = from;
  while (at - from < most && isDigit(text, at)) at += 1;
  return at;
}

/** The number whose digits stand from `from` to `to`; no more than 15, so that it is exact. */
export function numberOf(text: string, from: number, to: number): number {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - ZERO;
  return number;
}

/** Nanoseconds that the digits of a fraction mean; those behind the ninth count nothing. */
export function nanosOf(text: string, from: number, to: number): number {
  const end = Math.min(to, from + 9);
  return numberOf(text, from, end) * 10 ** (9 - (end - from));
}
