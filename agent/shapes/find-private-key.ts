import { byteClass, isAt } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { isText } from './is-text.ts';
import { RunFinder } from './run-finder.ts';

const DASHES = '-----';
const BEGIN = Buffer.from('BEGIN ');
const END = Buffer.from('END ');
const KINDS = ['PRIVATE KEY-----', 'PRIVATE KEY BLOCK-----'].map((kind) => Buffer.from(kind));
const RUNS = new RunFinder(byteClass(/-/), DASHES.length);
const LABEL = byteClass(/[A-Z0-9 ]/);
/** `ENCRYPTED `, `RSA `, `OPENSSH `, ... */
const MOST_LABEL_BYTES = 32;
/** RFC 7468, 2: every line but the last has exactly so many characters. */
const LINE_BYTES = 64;
const CR = 13;
const BASE64 = byteClass(/[A-Za-z0-9+/]/);
const NO_HEX = byteClass(/[^0-9A-Fa-f]/);

/**
 * A private key in PEM, from its BEGIN to its END, or to the end of the entry where there is none; and, since a program that prints
 * one makes an entry of each of its lines, an entry that is nothing but one full line of base64.
 */
export function findPrivateKey(line: Buffer, from: number, match: Match): boolean {
  if (from === 0 && isInnerLine(line)) {
    match.start = 0;
    match.end = LINE_BYTES;
    return true;
  }
  if (!findMarker(line, { from, word: BEGIN }, match)) return false;
  const { start, end } = match;
  if (!findMarker(line, { from: end, word: END }, match)) match.end = line.length;
  match.start = start;
  return true;
}

/** A hash in hexadecimal may be as long, and stays. */
function isInnerLine(line: Buffer): boolean {
  const isWhole = line.length === LINE_BYTES || (line.length === LINE_BYTES + 1 && line[LINE_BYTES] === CR);
  if (!isWhole) return false;
  let others = 0;
  for (let at = 0; at < LINE_BYTES; at += 1) {
    if (!isAt(line, at, BASE64)) return false;
    others += NO_HEX[line[at]!]!;
  }
  return others > 0;
}

/** The next `-----BEGIN ... PRIVATE KEY-----`, or the same with END. */
function findMarker(line: Buffer, { from, word }: { readonly from: number; readonly word: Buffer }, match: Match): boolean {
  for (let run = RUNS.next(line, from), text = 0; run !== -1; run = RUNS.next(line, text)) {
    text = RUNS.endOf(line, run);
    const end = isText(line, text, word) ? endOfMarker(line, text + word.length) : -1;
    if (end === -1) continue;
    match.start = text - DASHES.length;
    match.end = end;
    return true;
  }
  return false;
}

function endOfMarker(line: Buffer, from: number): number {
  for (let at = from; at - from <= MOST_LABEL_BYTES; at += 1) {
    const kind = KINDS.find((text) => isText(line, at, text));
    if (kind !== undefined) return at + kind.length;
    if (!isAt(line, at, LABEL)) return -1;
  }
  return -1;
}
