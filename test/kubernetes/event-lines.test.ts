import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventLines } from '../../agent/kubernetes/event-lines.ts';

function linesOf(lines: EventLines, chunks: readonly Buffer[]): string[] | null {
  const taken: string[] = [];
  const take = (line: Buffer): boolean => taken.push(line.toString()) > 0;
  return chunks.every((chunk) => lines.feed(chunk, take)) ? taken : null;
}

describe(EventLines, () => {
  test('the lines are the same, wherever the body is cut', () => {
    const bodies = fc.array(fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')));
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(500)), (written, cuts) => {
        const body = Buffer.from(written.map((line) => `${line}\n`).join(''));
        const places = [0, ...cuts.map((cut) => Math.min(cut, body.length)).sort((a, b) => a - b), body.length];
        const chunks = places.slice(1).map((end, i) => body.subarray(places[i], end));
        expect(linesOf(new EventLines(1000), chunks)).toStrictEqual(written.filter((line) => line !== ''));
      }),
    );
  });

  test('what never ended is not handed on', () => {
    expect(linesOf(new EventLines(1000), [Buffer.from('{"a":1}\n{"b"')])).toStrictEqual(['{"a":1}']);
  });

  test('I3 a line that is too long is given up, in one piece or in many', () => {
    expect(linesOf(new EventLines(10), [Buffer.from('123456789_\n')])).toStrictEqual(['123456789_']);
    expect(linesOf(new EventLines(10), [Buffer.from('123456789_1\n')])).toBeNull();
    const lines = new EventLines(10);
    expect(lines.feed(Buffer.from('123456789_'), () => true)).toBe(true);
    expect(lines.feed(Buffer.from('1'), () => true)).toBe(false);
  });
});
