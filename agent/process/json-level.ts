import type { Level } from '../model/level.ts';
import { endOfQuoted } from './end-of-quoted.ts';
import { LEVEL_KEYS, LEVEL_WORDS } from './level-words.ts';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;
/** The bytes up to the space are JSON's white space and what no JSON holds between its tokens. */
const SPACE = 32;

/** Whether a text is meant to be a JSON object: a brace, and behind it a key. */
export function beginsObject(bytes: Buffer, start: number, end: number): boolean {
  if (start >= end || bytes[start] !== OPENING_BRACE) return false;
  const key = skipSpace(bytes, start + 1, end);
  return key < end && bytes[key] === QUOTE;
}

/**
 * The level in the JSON object that begins at `start`: of the first of its own fields with a level's key and the word or number of one.
 * Objects in it are passed over. Null where there is none before the object ends, is cut off or turns out to be no JSON.
 */
export function jsonLevel(bytes: Buffer, start: number, end: number): Level | null {
  for (let at = start; at < end && (at === start || bytes[at] === COMMA); ) {
    const key = skipSpace(bytes, at + 1, end);
    if (key >= end || bytes[key] !== QUOTE) return null;
    const keyEnd = endOfQuoted(bytes, key + 1, end);
    const colon = skipSpace(bytes, keyEnd + 1, end);
    if (colon >= end || bytes[colon] !== COLON) return null;
    const value = skipSpace(bytes, colon + 1, end);
    const valueEnd = endOfValue(bytes, value, end);
    if (LEVEL_KEYS.get(bytes, key + 1, keyEnd) !== null) {
      const level = levelOfValue(bytes, value, valueEnd);
      if (level !== null) return level;
    }
    at = skipSpace(bytes, valueEnd, end);
  }
  return null;
}

function levelOfValue(bytes: Buffer, start: number, end: number): Level | null {
  if (bytes[start] !== QUOTE) return LEVEL_WORDS.get(bytes, start, end);
  return bytes[end - 1] === QUOTE ? LEVEL_WORDS.get(bytes, start + 1, end - 1) : null;
}

function skipSpace(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! <= SPACE) at += 1;
  return at;
}

/** The place behind the value that begins at `start`. */
function endOfValue(bytes: Buffer, start: number, end: number): number {
  const first = bytes[start];
  if (first === QUOTE) return Math.min(endOfQuoted(bytes, start + 1, end) + 1, end);
  if (first === OPENING_BRACE || first === OPENING_BRACKET) return endOfNested(bytes, start, end);
  let at = start;
  while (at < end && bytes[at]! > SPACE && bytes[at] !== COMMA && bytes[at] !== CLOSING_BRACE) at += 1;
  return at;
}

/** Brackets are counted, not told apart: whether they match is no business of a level. */
function endOfNested(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfQuoted(bytes, at + 1, end);
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth += 1;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return end;
}
