import { isDigit, numberOf } from './read-digits.ts';
import type { ReadStep } from './read-step.ts';

const COLON = 58;

/**
 * Reads a distance from UTC as a layout like `-07:00` writes it, or `Z` for none where the layout begins with that. Hours up to 24, as in
 * Go's getOffset.
 */
export function readOffset(layout: string): ReadStep {
  const takesZ = layout.startsWith('Z');
  const hasColons = layout.includes(':');
  const pairs = layout.slice(1).replaceAll(':', '').length / 2;
  return (text, fields) => {
    const first = text[fields.at];
    if (takesZ && first === 'Z') {
      fields.at += 1;
      fields.offset = 0;
      return true;
    }
    if (first !== '+' && first !== '-') return false;
    let at = fields.at + 1;
    let seconds = 0;
    for (let pair = 0; pair < pairs; pair += 1) {
      if (pair > 0 && hasColons && text.charCodeAt(at++) !== COLON) return false;
      if (!isDigit(text, at) || !isDigit(text, at + 1)) return false;
      const value = numberOf(text, at, at + 2);
      if (value > (pair === 0 ? 24 : 59)) return false;
      seconds += value * [3600, 60, 1][pair]!;
      at += 2;
    }
    fields.at = at;
    fields.offset = first === '-' ? -seconds : seconds;
    return true;
  };
}

/** Words that Go takes for the abbreviation of a zone (parseTimeZone). */
const ABBREVIATION = String.raw`(?:GMT)?[+-]\d{1,2}(?!\d)|ChST|MeST|(?:[A-Z]{4}T|[A-Z]{3}T|WITA|[A-Z]{3})(?![A-Z])`;

/** Reads the abbreviation of a zone. Of them only UTC and GMT say how far from UTC it is: `CST` is the word of three zones. */
export function readZoneName(): ReadStep {
  const abbreviation = new RegExp(ABBREVIATION, 'y');
  return (text, fields) => {
    abbreviation.lastIndex = fields.at;
    const name = abbreviation.exec(text)?.[0];
    if (name === undefined) return false;
    fields.at += name.length;
    if (name === 'UTC' || name === 'GMT') fields.offset = 0;
    return true;
  };
}
