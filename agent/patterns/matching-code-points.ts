import { type CodePoints, LAST_CODE_POINT } from './code-points.ts';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const FIRST_ASTRAL = 0x10000;

/**
 * The code points up to `last` whose character alone matches a class of characters: V8's tables of Unicode are asked with one text that holds
 * them all, some milliseconds. Surrogates, which no UTF-8 has, belong to what is around them.
 */
export function matchingCodePoints(characterClass: string, flags: 'gu' | 'giu', last: number = LAST_CODE_POINT): CodePoints {
  const ranges: (readonly [number, number])[] = [];
  for (const { index, 0: run } of charactersUpTo(last).matchAll(new RegExp(`(?:${characterClass})+`, flags))) {
    ranges.push([pointAt(index), pointAt(index + run.length) - 1]);
  }
  return ranges;
}

/** In ascending order; `last` is beyond the first 65,536. */
function charactersUpTo(last: number): string {
  const units = new Uint16Array(FIRST_ASTRAL - SURROGATES + 2 * (last + 1 - FIRST_ASTRAL));
  let at = 0;
  for (let unit = 0; unit < FIRST_ASTRAL; unit += 1) {
    if (unit === FIRST_SURROGATE) unit += SURROGATES;
    units[at++] = unit;
  }
  for (let point = 0; point <= last - FIRST_ASTRAL; point += 1) {
    units[at++] = FIRST_SURROGATE + (point >> 10);
    units[at++] = 0xdc00 + (point & 0x3ff);
  }
  return Buffer.from(units.buffer).toString('utf16le');
}

/** The code point whose character begins there in that text. */
function pointAt(index: number): number {
  if (index < FIRST_SURROGATE) return index;
  const unit = index + SURROGATES;
  return unit < FIRST_ASTRAL ? unit : FIRST_ASTRAL + (unit - FIRST_ASTRAL) / 2;
}
