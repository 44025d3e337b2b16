/** A set of code points: ranges in ascending order, `from` and `to` included, with gaps between them. */
export type CodePoints = readonly (readonly [from: number, to: number])[];

export const LAST_CODE_POINT = 0x10ffff;
export const FIRST_BEYOND_ASCII = 0x80;

/** The set of all code points that are in one of the ranges. */
export function codePoints(ranges: CodePoints): CodePoints {
  const joined: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** The set of all code points that are not in the set. */
export function others(set: CodePoints): CodePoints {
  const gaps: [number, number][] = [];
  let from = 0;
  for (const [start, end] of set) {
    if (start > from) gaps.push([from, start - 1]);
    from = end + 1;
  }
  if (from <= LAST_CODE_POINT) gaps.push([from, LAST_CODE_POINT]);
  return gaps;
}

export function hasCodePoint(set: CodePoints, point: number): boolean {
  return set.some(([from, to]) => from <= point && point <= to);
}

/** The code points of the set that are in `[least, most]`. */
export function within(set: CodePoints, least: number, most: number): CodePoints {
  return set.flatMap(([from, to]): CodePoints => {
    const range = [Math.max(from, least), Math.min(to, most)] as const;
    return range[0] <= range[1] ? [range] : [];
  });
}
