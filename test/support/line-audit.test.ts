import { expect, test } from 'vitest';
import { LineAudit } from './line-audit.ts';

const KEY = 'web stdout';
const lineOf = (number: number): string => `${KEY} line ${number} .`;

/** What an audit of four printed lines finds after these came; an entry's identity is its line unless given. */
function findingsOf(...entries: readonly (readonly [line: string, identity?: string])[]): { findings: string[]; again: number } {
  const audit = new LineAudit(new Map([[KEY, [0, 1, 2, 3].map(lineOf)]]));
  for (const [line, identity = line] of entries) audit.see({ key: KEY, line, identity });
  audit.findLost();
  return { findings: audit.findings, again: audit.again };
}

const ALL = [0, 1, 2, 3].map((number) => [lineOf(number)] as const);

test('each line once in order is as it must be, and so is one that comes again as it was', () => {
  expect(findingsOf(...ALL)).toStrictEqual({ findings: [], again: 0 });
  expect(findingsOf(...ALL, ALL[1]!)).toStrictEqual({ findings: [], again: 1 });
});

test('what is missing, changed, out of order or not quite the same again is found', () => {
  expect(findingsOf(ALL[0]!, ALL[1]!, ALL[3]!).findings).toStrictEqual(['lost: web stdout line 2 of 4, 19 bytes']);
  expect(findingsOf(...ALL, [lineOf(1), 'with another time']).findings).toStrictEqual(['doubled: web stdout line 1: with another time']);
  expect(findingsOf(ALL[0]!, ALL[2]!, ALL[1]!, ALL[3]!).findings).toStrictEqual(['disordered: web stdout line 1 came after line 2']);
  expect(findingsOf(...ALL, [`${lineOf(1)}.`]).findings).toStrictEqual(['altered: web stdout: 20 bytes, "web stdout line 1 .."']);
  expect(findingsOf(...ALL, ['half a line']).findings).toStrictEqual(['altered: web stdout: 11 bytes, "half a line"']);
});
