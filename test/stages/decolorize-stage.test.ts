import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DecolorizeStage } from '../../agent/process/decolorize-stage.ts';
import { Entry } from '../../agent/process/entry.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import { endOfEscape } from '../../agent/process/end-of-escape.ts';
import { countingBuffer } from './counting-buffer.ts';
import { processed, viewOf } from './entry.ts';

function plain(line: string | Buffer): string {
  return processed(new DecolorizeStage(new Scratch()), line).text.toString('latin1');
}

const ESC = '\x1b';

describe(DecolorizeStage, () => {
  test.each([
    [
      `[2022-11-04 22:17:57.811] ${ESC}[0;32mhttp${ESC}[0m: GET /_health (0 ms) 204`,
      '[2022-11-04 22:17:57.811] http: GET /_health (0 ms) 204',
    ],
    [`${ESC}[38;2;255;100;0mtrue${ESC}[m colour`, 'true colour'],
    [`${ESC}[1m${ESC}[31m${ESC}[0m`, ''],
    [`a${ESC}[2Kb${ESC}[?25lc${ESC}[10;20Hd`, 'abcd'],
    [`${ESC}]0;title\x07x${ESC}]8;;http://a/${ESC}\\link${ESC}]8;;${ESC}\\`, 'xlink'],
    [`${ESC}(Bx${ESC}=y${ESC}7z`, 'xyz'],
    [`cut ${ESC}[31`, 'cut '],
    [`cut ${ESC}`, 'cut '],
    [`${ESC}[31 error`, ' error'],
    [`${ESC}]0;never ended`, '0;never ended'],
    [`${ESC}${ESC}[1mx`, 'x'],
    [`${ESC}\xe9`, '\xe9'],
  ])('%j becomes %j', (line, want) => expect(plain(Buffer.from(line, 'latin1'))).toBe(want));

  test('a line without ESC stays where it is', () => {
    const view = viewOf(Buffer.from('[31m no colour'));
    const { buffer, start, end } = view;
    expect(new DecolorizeStage(new Scratch()).apply(new Entry(view))).toBe(true);
    expect([view.buffer, view.start, view.end]).toStrictEqual([buffer, start, end]);
  });

  test('leaves no ESC in any bytes, and everything but that what sequences hold', () => {
    const piece = fc.constantFrom(ESC, '[', ']', ';', '1', 'm', '\x07', '\\', '(', ' ', 'x', '\xff', `${ESC}[1m`, `${ESC}]0;t\x07`);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const line = pieces.join('');
        const text = plain(Buffer.from(line, 'latin1'));
        expect(text).not.toContain(ESC);
        let at = 0;
        for (const letter of text) {
          at = line.indexOf(letter, at) + 1;
          expect(at).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([`${ESC}]`, `${ESC}]x`, `${ESC}[1`, `${ESC}(`, ESC])('looks at each byte a bounded number of times: %j', (repeated) => {
    const { bytes, touched } = countingBuffer(Buffer.from(repeated.repeat(10_000)));
    for (let at = 0; at < bytes.length; at = bytes[at] === 27 ? endOfEscape(bytes, at) : at + 1);
    expect(touched() / bytes.length).toBeLessThan(8);
  });
});
