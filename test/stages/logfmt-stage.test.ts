import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LogfmtFields } from '../../agent/process/logfmt-fields.ts';
import { LogfmtStage } from '../../agent/process/logfmt-stage.ts';
import { countingBuffer } from './counting-buffer.ts';
import { extracting } from './extracting.ts';
import { logfmtPairs } from './logfmt-oracle.ts';

/** Lines of Promtail's own tests (clients/pkg/logentry/stages/logfmt_test.go). */
const LINE = '\n\ttime=2012-11-01T22:08:41+00:00 app=loki\tlevel=WARN duration=125 message="this is a log line" extra="user=foo""\n\t';
const RECORDS = '\n\ttime=2012-11-01T22:08:41+00:00\n\tapp=loki\n\tlevel=WARN\n\tnested="child=value"\n\tmessage="this is a log line"\n';
const PARSED = { time: '2012-11-01T22:08:41+00:00', app: 'loki', level: 'WARN', nested: 'child=value', message: 'this is a log line' };
const ALL = '{ time: , app: , level: , nested: , message: }';

function a(line: string | Buffer): string | null {
  return extracting('[{ logfmt: { mapping: { a: } } }]')(line, { a: 'before' }).values['a']!;
}

/** One of the pieces is no UTF-8. */
function bytesOf(piece: string): Buffer {
  return Buffer.from(piece, piece === '\xff' ? 'latin1' : 'utf8');
}

describe(LogfmtStage, () => {
  test('extracts what Promtail extracts', () => {
    const extract = extracting('[{ logfmt: { mapping: { out: message, app: , duration: , unknown: } } }]');
    expect(extract(LINE)).toStrictEqual({
      goesOn: true,
      values: { out: 'this is a log line', app: 'loki', duration: '125', unknown: null },
    });
    expect(extracting(`[{ logfmt: { mapping: ${ALL} } }]`)(RECORDS).values).toStrictEqual(PARSED);
    const nothing = extracting('[{ logfmt: { mapping: { expr1: } } }]');
    expect(nothing('{"invalid":"logfmt"}').values).toStrictEqual({ expr1: null });
  });

  test('looks into a value that was extracted, where one is', () => {
    const extract = extracting(`[{ logfmt: { mapping: ${ALL}, source: log } }]`);
    expect(extract('{}', { log: RECORDS }).values).toStrictEqual({ ...PARSED, log: RECORDS });
    expect(extract(RECORDS).values['app']).toBeNull();
    const two = extracting('[{ logfmt: { mapping: { extra: } } }, { logfmt: { mapping: { user: }, source: extra } }]');
    expect(two(LINE).values).toStrictEqual({ extra: 'user=foo', user: 'foo' });
  });

  test('one key may go to several names', () => {
    const extract = extracting('[{ logfmt: { mapping: { one: a, two: a } } }]');
    expect(extract('a=1').values).toStrictEqual({ one: '1', two: '1' });
  });

  test.each([
    ['a=1', '1'],
    ['a=', ''],
    ['a', ''],
    ['a= b', ''],
    ['a=1 a=2', '2'],
    ['a=1\na=2', '2'],
    ['b=1 a="x y" c', 'x y'],
    ['a=""', ''],
    ['a="\\u00e9\\n\\"\\\'\\\\"', 'é\n"\'\\'],
    ['a="\\ud83d"', '\ufffd'],
    ['a="x"b=2', 'x'],
    ['a=é', 'é'],
    ['a=1 b"', '1'],
    ['b" a=1', 'before'],
    ['=x a=1', 'before'],
    ['b=c=d a=1', 'before'],
    ['b="x a=1', 'before'],
    ['b="\\x" a=1', 'before'],
    ['b="x\ny" a=1', 'before'],
    ['b="x\ty" a=1', '1'],
    ['b="x\t\\ty" a=1', 'before'],
    ['\ufffd=1 a=1', 'before'],
    ['aa=1 b=a', 'before'],
    ['', 'before'],
  ])('a of %j is %j', (line, want) => expect(a(line)).toBe(want));

  test('bytes that are no UTF-8 stand as U+FFFD in a value, and are a fault in a key', () => {
    expect(a(Buffer.from('a=x\xff', 'latin1'))).toBe('x\ufffd');
    expect(a(Buffer.from('b\xff=1 a=x', 'latin1'))).toBe('before');
  });

  test('finds in any bytes what go-logfmt finds, and throws on none', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'é',
      '=',
      '=',
      '"',
      '"',
      '\\',
      ' ',
      '\n',
      '\t',
      '\\"',
      "\\'",
      '\\u00e9',
      '\\ud83d',
      '\\ud83d\\ude00',
      '\xff',
      '\ufffd',
      'a=1',
      'b="x y"',
      'a="\\n"',
    );
    const line = fc.oneof(
      fc.array(piece, { maxLength: 24 }).map((pieces) => Buffer.concat(pieces.map(bytesOf))),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    );
    const extract = extracting('[{ logfmt: { mapping: { a: , b: , "é": } } }]');
    let hits = 0;
    fc.assert(
      fc.property(line, (line) => {
        const pairs = logfmtPairs(line);
        hits += pairs.size;
        expect(extract(line).values).toStrictEqual({ a: pairs.get('a') ?? null, b: pairs.get('b') ?? null, é: pairs.get('é') ?? null });
      }),
      { numRuns: 4000 },
    );
    expect(hits).toBeGreaterThan(1000);
  });

  test.each(['a=1 ', 'a="x" ', 'a ', 'b="\\n" ', 'a="'])('looks at each byte a bounded number of times: %j', (repeated) => {
    const looks = (times: number): number => {
      const { bytes, touched } = countingBuffer(Buffer.from(repeated.repeat(times)));
      new LogfmtFields(['a', 'b']).find(bytes, 0, bytes.length);
      return touched() / bytes.length;
    };
    expect(looks(2000)).toBeLessThan(Math.max(looks(200) * 1.1, 10));
  });
});
