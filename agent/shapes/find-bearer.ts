import { AsciiWords } from './ascii-words.ts';
import { byteClass, isAt, skip, WORD } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { beginsWord } from './word-start.ts';

type Keyword = 'bearer' | 'authorization';

const KEYWORDS: AsciiWords<Keyword> = new AsciiWords((['bearer', 'authorization'] as const).map((word) => [word, word]));
/** A letter of each keyword that texts do not have many of, and the one behind it. */
const FIRST = byteClass(/[bz]/i);
const SECOND = byteClass(/[ea]/i);
const Z_IN_AUTHORIZATION = 'authorization'.indexOf('z');
const BLANK = byteClass(/[ \t]/);
/** Between a header's name and its value, however often both were quoted. */
const BLANK_OR_QUOTE = byteClass(/[ \t"'\\]/);
const CREDENTIALS = byteClass(/[^\0- "'\\,;<>(){}[\]]/);
const COLON = 58;
const EQUALS = 61;

/**
 * Credentials of HTTP: the word behind `Bearer`, and what follows `Authorization` with a colon or an equals sign: a scheme and a word, or
 * a word alone. Names in any case. The name stays, and `Bearer`, so that one sees what was there.
 */
export function findBearer(line: Buffer, from: number, match: Match): boolean {
  const { length } = line;
  for (let at = from; at < length; at += 1) {
    if (FIRST[line[at]!] === 0 || !isAt(line, at + 1, SECOND)) continue;
    if (findToken(line, at, match) || findValue(line, at - Z_IN_AUTHORIZATION, match)) return true;
  }
  return false;
}

/** What stands behind the `bearer` at `at`. */
function findToken(line: Buffer, at: number, match: Match): boolean {
  if (!isBearer(line, at) || !beginsWord(line, at, WORD)) return false;
  let start = behindBearer(line, at);
  // "Bearer Bearer token" is what comes of a prefix that is put before it twice.
  while (isBearer(line, start) && isAt(line, behindBearer(line, start), CREDENTIALS)) start = behindBearer(line, start);
  return fill(match, start, skip(line, start, CREDENTIALS));
}

function isBearer(line: Buffer, at: number): boolean {
  return isKeyword(line, at, 'bearer') && isAt(line, at + 'bearer'.length, BLANK);
}

/** Where the word behind the `bearer` at `at` begins. */
function behindBearer(line: Buffer, at: number): number {
  return skip(line, at + 'bearer'.length, BLANK);
}

/** What stands behind the `authorization` at `at`; of a bearer, the token is found by its own keyword. */
function findValue(line: Buffer, at: number, match: Match): boolean {
  if (!isKeyword(line, at, 'authorization')) return false;
  const sign = skip(line, at + 'authorization'.length, BLANK_OR_QUOTE);
  if (line[sign] !== COLON && line[sign] !== EQUALS) return false;
  const start = skip(line, sign + 1, BLANK_OR_QUOTE);
  if (isBearer(line, start)) return false;
  const wordEnd = skip(line, start, CREDENTIALS);
  const second = skip(line, wordEnd, BLANK);
  const secondEnd = second === wordEnd ? wordEnd : skip(line, second, CREDENTIALS);
  return fill(match, start, secondEnd === second ? wordEnd : secondEnd);
}

function isKeyword(line: Buffer, at: number, keyword: Keyword): boolean {
  return at + keyword.length <= line.length && KEYWORDS.get(line, at, at + keyword.length) === keyword;
}

/** False for an empty text. */
function fill(match: Match, start: number, end: number): boolean {
  match.start = start;
  match.end = end;
  return end > start;
}
