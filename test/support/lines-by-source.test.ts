import { expect, test } from 'vitest';
import { CriLines } from './cri-lines.ts';
import { linesWithout, runsBySource } from './lines-by-source.ts';

const LINE_1 = 'line 000000001 xx';
const LINE_2 = 'line 000000002 xx';
const LINE_3 = 'line 000000003 xx';

test.each([
  ['whole', ['start', LINE_1, LINE_2, LINE_3, 'end 3'], ['start', 'line 1..3 +2', 'end 3']],
  ['a gap', [LINE_1, LINE_3], ['line 1..1 +2', 'line 3..3 +2']],
  ['a line twice', [LINE_1, LINE_2, LINE_2, LINE_3], ['line 1..2 +2', 'line 2..3 +2']],
  ['out of order', [LINE_2, LINE_1], ['line 2..2 +2', 'line 1..1 +2']],
  ['a line that was cut', [LINE_1, 'line 000000002 x', LINE_3], ['line 1..1 +2', 'line 2..2 +1', 'line 3..3 +2']],
  ['a line that is none', [LINE_1, 'line 2'], ['line 1..1 +2', 'line 2']],
])('runs show %s', (_, lines, runs) => {
  expect(runsBySource(new Map([['a', lines]]))).toEqual({ a: runs });
});

test('what is missing is told by source', () => {
  const all = new Map([
    ['a', [LINE_1, LINE_2]],
    ['b', [LINE_1]],
    ['c', [LINE_1]],
  ]);
  const some = new Map([
    ['a', [LINE_1]],
    ['b', [LINE_1]],
  ]);
  expect(linesWithout(all, some)).toEqual(
    new Map([
      ['a', [LINE_2]],
      ['c', [LINE_1]],
    ]),
  );
});

test('a CRI line is one once all of its records are there', () => {
  const cri = new CriLines();
  expect(cri.feed(Buffer.from('1Z stdout F one\n2Z stdout P tw'))).toEqual(['one']);
  expect(cri.feed(Buffer.from('o\n3Z stdout F  and three\n4Z stdout F \n'))).toEqual(['two and three', '']);
});
