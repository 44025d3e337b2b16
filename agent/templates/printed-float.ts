/** Decimal exponents from which and up to which Go's `%v` writes a float64 without one (go/src/fmt/format.go, fmtFloat); JavaScript's go further. */
const LEAST = 1e-4;
const MOST = 1e21;

/** A number as Go prints a float64: with as few digits as say which it is. */
export function printedFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  if (size === 0 || (size >= LEAST && size < MOST)) return Object.is(value, -0) ? '-0' : String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}
