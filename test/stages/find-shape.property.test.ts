import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SHAPES, type Shape } from '../../agent/model/shape.ts';
import type { Match } from '../../agent/shapes/find-shape.ts';
import { SHAPE_FINDERS } from '../../agent/shapes/shape-finders.ts';
import { countingBuffer } from './counting-buffer.ts';
import { SHAPE_ORACLES } from './shape-oracles.ts';

/** What lines are put together from: pieces of each shape, whole ones, and what could confuse. */
const PIECES: Readonly<Record<Shape, readonly string[]>> = {
  email: ['a', 'bob', '@', '.', 'b.cd', 'x@y.zz', '@4.17.21', '-', '1', '%', '+', ' '],
  card: [
    '4111111111111111',
    '4111 1111 1111 1111',
    '5105-1051-0510-5100',
    '4',
    '1',
    '30',
    ' ',
    '-',
    '.',
    'x',
    '378282246310005',
    '00000000',
  ],
  jwt: ['eyJ', 'ey', 'J', 'e', 'a', '.', '-', '_', ' ', 'eyJh.eyJz.s_-', 'eyJa..'],
  bearer: [
    'bearer',
    'Bearer ',
    'authorization',
    'Authorization: ',
    'Basic ',
    ' ',
    '\t',
    '"',
    ':',
    '=',
    '\\',
    'tok3n',
    'z',
    'b',
    ',',
    '[',
    '_',
  ],
  aws_access_key: ['AKIA', 'ASIA', 'AKIAIOSFODNN7EXAMPLE', 'IOSFODNN7EXAMPLE', 'A', 'a', '0', '/', ' ', 'IOSFODNN7'],
  private_key: [
    '-----',
    '-',
    '--',
    'BEGIN ',
    'END ',
    'RSA ',
    'PRIVATE KEY',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    ' BLOCK',
    'a',
    '\n',
  ],
  ipv4: ['10.0.0.1', '255', '256', '1', '0', '.', '192.168.', 'v', ' ', ':', '001', '9999'],
  ipv6: [
    '::',
    ':',
    '1',
    'fe80',
    'ffff',
    '2001:db8',
    '0',
    '1.2.3.4',
    '.',
    ' ',
    'g',
    '1:2:3:4:5:6:7',
    '00001',
    '[',
    '%',
    ' fe80::1',
    ' 1:2:3:4:5:6:7:8 ',
    '::ffff:1.2.3.4',
  ],
};

/** JSON in a line has these, and what could be taken for them. */
const ESCAPES = ['\\n', '\\u003c', '\\u003C', '\\b', '\\', '\\u', '003c'];

function findAll(shape: Shape, line: Buffer): Match[] {
  const match: Match = { start: 0, end: 0 };
  const found: Match[] = [];
  for (let from = 0; SHAPE_FINDERS[shape](line, from, match); from = match.end) {
    expect(match.start).toBeGreaterThanOrEqual(from);
    expect(match.end).toBeGreaterThan(match.start);
    found.push({ ...match });
  }
  return found;
}

function textsOf(shape: Shape, line: string): string[] {
  return findAll(shape, Buffer.from(line, 'latin1')).map(({ start, end }) => line.slice(start, end));
}

describe.each(SHAPES)('%s', (shape) => {
  const piece = fc.constantFrom(...PIECES[shape], ...ESCAPES);

  test('is found where a regular expression finds it', () => {
    const line = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    let found = 0;
    fc.assert(
      fc.property(line, (line) => {
        const texts = textsOf(shape, line);
        found += texts.length;
        expect(texts).toStrictEqual(SHAPE_ORACLES[shape](line));
      }),
      { numRuns: 2000 },
    );
    expect(found).toBeGreaterThan(100);
  });

  test('is found as well among any bytes, those of no UTF-8 included', () => {
    const any = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    fc.assert(
      fc.property(fc.array(fc.oneof(any, piece), { maxLength: 10 }), (pieces) => {
        const line = pieces.join('');
        expect(textsOf(shape, line)).toStrictEqual(SHAPE_ORACLES[shape](line));
      }),
      { numRuns: 500 },
    );
  });

  test('costs a bounded number of looks at each byte, whatever is repeated to make it look again', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), fc.array(piece, { maxLength: 3 }), (repeated, end) => {
        const line = Buffer.from(repeated.join('').repeat(250) + end.join(''), 'latin1');
        const { bytes, touched } = countingBuffer(line);
        findAll(shape, bytes);
        expect(touched() / line.length).toBeLessThan(64);
      }),
      { numRuns: 100 },
    );
  });
});

test.each<[Shape, string]>([
  ['email', '@'],
  ['email', 'a@'],
  ['email', 'a@b.'],
  ['email', 'a-'],
  ['card', '4'],
  ['card', '4 '],
  ['card', '4-4'],
  ['jwt', 'eyJ'],
  ['jwt', 'eyJa.'],
  ['bearer', 'bearer '],
  ['bearer', 'authorization'],
  ['bearer', 'authorization:'],
  ['bearer', 'authorization"'],
  ['aws_access_key', 'AKIA'],
  ['private_key', '-'],
  ['private_key', '-----BEGIN '],
  ['private_key', '-----BEGIN PRIVATE KEY'],
  ['ipv4', '1.'],
  ['ipv4', '1.1.1.1'],
  ['ipv6', ':'],
  ['ipv6', '1:'],
  ['ipv6', '::1.'],
])('%s: 64 KiB of %j are looked at as often a byte as 4 KiB', (shape, repeated) => {
  const looks = (size: number): number => {
    const line = Buffer.alloc(size, repeated);
    const { bytes, touched } = countingBuffer(line);
    findAll(shape, bytes);
    return touched() / size;
  };
  expect(looks(65_536)).toBeLessThan(looks(4096) * 1.1 + 1);
});
