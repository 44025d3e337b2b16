import { byteClass, isAt, WORD } from './byte-class.ts';
import { endOfIpv4 } from './find-ipv4.ts';
import type { Match } from './find-shape.ts';
import { beginsWord, behindEscape } from './word-start.ts';

const COLON = 58;
const DOT = 46;
const GROUPS = 8;
const GROUP_DIGITS = 4;
const HEX = byteClass(/[0-9A-Fa-f]/);
const WORD_OR_POINT = byteClass(/[\w.:]/);
const HEX_OR_POINT = byteClass(/[0-9A-Fa-f:.]/);

/** An address of RFC 4291, 2.2, that is no part of a longer word; `::` alone is none, since it is how some languages join names. */
export function findIpv6(line: Buffer, from: number, match: Match): boolean {
  for (let colon = line.indexOf(COLON, from), end = 0; colon !== -1; colon = line.indexOf(COLON, end)) {
    end = colon + 1;
    // As it is between a key and its value in JSON, no address has its first colon.
    if (line[end] !== COLON && (colon === from || !isAt(line, colon - 1, HEX))) continue;
    let start = colon;
    while (start > from && isAt(line, start - 1, HEX_OR_POINT)) start -= 1;
    while (isAt(line, end, HEX_OR_POINT)) end += 1;
    start = behindEscape(line, start);
    if (!beginsWord(line, start, WORD_OR_POINT) || isAt(line, end, WORD)) continue;
    const addressEnd = withoutPoint(line, start, end);
    if (!isAddress(line, start, addressEnd)) continue;
    match.start = start;
    match.end = addressEnd;
    return true;
  }
  return false;
}

/** The end of the text without the full stops or the colon of the sentence around it. */
function withoutPoint(line: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && line[at - 1] === DOT) at -= 1;
  return line[at - 1] === COLON && line[at - 2] !== COLON ? at - 1 : at;
}

function isAddress(line: Buffer, start: number, end: number): boolean {
  const gap = doubleColon(line, start, end);
  if (gap === -1) return countGroups(line, start, end) === GROUPS;
  const before = countGroups(line, start, gap);
  const behind = countGroups(line, gap + 2, end);
  const isIpv4First = before > 0 && lastGroupIsIpv4(line, start, gap);
  return before !== -1 && behind !== -1 && !isIpv4First && before + behind > 0 && before + behind < GROUPS;
}

/** The place of the first `::`, -1 without one. */
function doubleColon(line: Buffer, start: number, end: number): number {
  for (let at = start; at + 1 < end; at += 1) if (line[at] === COLON && line[at + 1] === COLON) return at;
  return -1;
}

/** How many groups stand there with colons between them, an IPv4 address at the end being two; -1 when it is anything else. */
function countGroups(line: Buffer, start: number, end: number): number {
  let groups = 0;
  for (let at = start; at < end; at += 1) {
    const group = at;
    while (at < end && isAt(line, at, HEX)) at += 1;
    if (at === group || at - group > GROUP_DIGITS) return -1;
    if (at < end && line[at] === DOT) return endOfIpv4(line, group, end) === end ? groups + 2 : -1;
    groups += 1;
    if (at === end - 1) return -1;
  }
  return groups;
}

function lastGroupIsIpv4(line: Buffer, start: number, end: number): boolean {
  for (let at = end - 1; at >= start && line[at] !== COLON; at -= 1) if (line[at] === DOT) return true;
  return false;
}
