/**
 * A number of JSON with as few digits as tell it from its neighbours among doubles and without an exponent, as Go's
 * strconv.FormatFloat(x, 'f', -1, 64) writes it. Whole numbers stay as they are, however many digits they have.
 */
export function decimal(number: string): string {
  if (!/[.eE]/.test(number)) return number;
  const value = Number(number);
  if (!Number.isFinite(value)) return number;
  const [, sign = '', digits = '', exponent = '0'] = /^(-?)([\d.]+)(?:e(.+))?$/.exec(Object.is(value, -0) ? '-0' : String(value))!;
  const [whole = '', fraction = ''] = digits.split('.');
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return point < all.length ? `${sign}${all.slice(0, point)}.${all.slice(point)}` : `${sign}${all.padEnd(point, '0')}`;
}
