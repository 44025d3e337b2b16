import type { ReadStep } from './read-step.ts';

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
const WEEK_DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const SHORT = 3;

/** Reads the name of a month, in any case; its first three letters where the layout is `Jan`. */
export function readMonth(layout: string): ReadStep {
  const read = readWord(MONTHS, layout);
  return (text, fields) => {
    const month = read(text, fields.at);
    if (month === -1) return false;
    fields.month = month + 1;
    fields.at += layout.length === SHORT ? SHORT : MONTHS[month]!.length;
    return true;
  };
}

/** Reads over the name of a day of the week, likewise: whether it is right, nobody asks. */
export function readWeekDay(layout: string): ReadStep {
  const read = readWord(WEEK_DAYS, layout);
  return (text, fields) => {
    const day = read(text, fields.at);
    if (day === -1) return false;
    fields.at += layout.length === SHORT ? SHORT : WEEK_DAYS[day]!.length;
    return true;
  };
}

/** What finds out which of the words stands at a place; -1: none. */
function readWord(words: readonly string[], layout: string): (text: string, at: number) => number {
  const known = layout.length === SHORT ? words.map((word) => word.slice(0, SHORT)) : words;
  const longest = Math.max(...known.map(({ length }) => length));
  return (text, at) => {
    const here = text.slice(at, at + longest).toLowerCase();
    return known.findIndex((word) => here.startsWith(word));
  };
}

/** Reads what stands for itself. A run of spaces is one of any length, or none at the end of the text, as Go's skip has it. */
export function readText(literal: string): ReadStep {
  const pieces = literal.split(/( +)/).filter((piece) => piece !== '');
  return (text, fields) => pieces.every((piece) => (piece.startsWith(' ') ? skipSpaces(text, fields) : skipPiece(piece, text, fields)));
}

function skipSpaces(text: string, fields: Parameters<ReadStep>[1]): boolean {
  if (fields.at < text.length && text[fields.at] !== ' ') return false;
  while (text[fields.at] === ' ') fields.at += 1;
  return true;
}

function skipPiece(piece: string, text: string, fields: Parameters<ReadStep>[1]): boolean {
  if (!text.startsWith(piece, fields.at)) return false;
  fields.at += piece.length;
  return true;
}
