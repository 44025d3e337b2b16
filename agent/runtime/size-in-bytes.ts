const SIZE = /^(\d+)\s*(?:([kmg])i?)?b?$/i;
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Bytes of a size as Promtail writes it: `8KB` is 8,192; null for anything else. */
export function sizeInBytes(size: string | number): number | null {
  const [, number, unit = ''] = SIZE.exec(String(size)) ?? [];
  return number === undefined ? null : Number(number) * UNITS[unit.toLowerCase()]!;
}
