import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePush, MalformedPush, parseLabels } from '../../../agent/outputs/loki/decode-push.ts';

/** One stream `{a="b"}`, time 1 s 2 ns, line `hi`, metadata k=v: 31 bytes built by hand from push.proto. */
const GOLDEN = Buffer.from('0a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176', 'hex');

/** The seconds of the one entry of a request in which they are written as `varint`. */
function seconds(varint: string): number | undefined {
  const time = `08${varint}`;
  const size = (extra: number) => (time.length / 2 + extra).toString(16).padStart(2, '0');
  const body = `0a${size(4)}12${size(2)}0a${size(0)}${time}`;
  return decodePush(Buffer.from(body, 'hex'))[0]?.entries[0]?.seconds;
}

function value(quoted: string): string | undefined {
  return parseLabels(`{a="${quoted}"}`)[0]?.[1];
}

describe(decodePush, () => {
  test('the golden request', () => {
    expect(decodePush(GOLDEN)).toStrictEqual([
      { labels: '{a="b"}', entries: [{ seconds: 1, nanos: 2, line: Buffer.from('hi'), metadata: [['k', 'v']] }] },
    ]);
  });

  test('a line is a view of the request', () => {
    const [stream] = decodePush(GOLDEN);
    expect(stream?.entries[0]?.line.buffer).toBe(GOLDEN.buffer);
  });

  test('bytes that are no UTF-8 stay as they are', () => {
    const [stream] = decodePush(Buffer.from('0a0912070a001203ff00fe', 'hex'));
    expect(stream?.entries[0]?.line).toStrictEqual(Buffer.from([0xff, 0x00, 0xfe]));
  });

  test('empty bodies, streams and entries', () => {
    expect(decodePush(Buffer.alloc(0))).toStrictEqual([]);
    expect(decodePush(Buffer.from('0a00', 'hex'))).toStrictEqual([{ labels: '', entries: [] }]);
    expect(decodePush(Buffer.from('0a021200', 'hex'))).toStrictEqual([
      { labels: '', entries: [{ seconds: 0, nanos: 0, line: Buffer.alloc(0), metadata: [] }] },
    ]);
  });

  test('unknown fields of every wire type, hash and format are skipped', () => {
    const unknown = '48015101020304050607085a030102036501020304';
    const stream = `0a077b613d2262227d${unknown}18ffffffffffffffffff01`;
    const body = `0a${(stream.length / 2).toString(16)}${stream}12046c6f6b69${unknown}`;
    expect(decodePush(Buffer.from(body, 'hex'))).toStrictEqual([{ labels: '{a="b"}', entries: [] }]);
  });

  test('times of today and before 1970', () => {
    expect(seconds('809ac8b106')).toBe(1_714_556_160);
    expect(seconds('ffffffffffffffffff01')).toBe(-1);
    expect(seconds('ffffffffffffff0f')).toBe(9_007_199_254_740_991);
    expect(() => seconds('808080808080808001')).toThrow(new MalformedPush('seconds is no integer in range'));
  });

  test.each([
    ['0a', 'a number at byte 1 has no end'],
    ['0a05', 'a field of 5 bytes at byte 2 ends outside its message'],
    ['0affffffffffffffffff01', 'a field of -1 bytes at byte 11 ends outside its message'],
    ['08ffffffffffffffffffff01', 'a number at byte 1 is longer than 10 bytes'],
    ['0801', 'streams has the wrong wire type'],
    ['0b', 'wire type 3 at byte 1'],
    ['0000', 'field number 0 at byte 1'],
    ['0a030a01ff', 'labels is not UTF-8'],
    ['0a0a12080a06108094ebdc03', 'nanos 1000000000 are outside a second'],
  ])('%s is malformed: %s', (hex, message) => {
    expect(() => decodePush(Buffer.from(hex, 'hex'))).toThrow(new MalformedPush(message));
  });

  test('any bytes decode or are malformed, never worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodePush(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedPush);
        }
      }),
    );
  });

  test('every truncation of the golden request is malformed', () => {
    for (let length = 1; length < GOLDEN.length; length++) expect(() => decodePush(GOLDEN.subarray(0, length))).toThrow(MalformedPush);
  });
});

describe(parseLabels, () => {
  test('pairs come sorted, with or without a space after the comma', () => {
    expect(parseLabels('{a="b"}')).toStrictEqual([['a', 'b']]);
    expect(parseLabels('{b="2", a="1",_c0="3"}')).toStrictEqual([
      ['_c0', '3'],
      ['a', '1'],
      ['b', '2'],
    ]);
  });

  test('empty values are left out, doubled names are not', () => {
    expect(parseLabels('{}')).toStrictEqual([]);
    expect(parseLabels('{a="", b="x"}')).toStrictEqual([['b', 'x']]);
    expect(parseLabels('{a="1", a="1"}')).toStrictEqual([
      ['a', '1'],
      ['a', '1'],
    ]);
  });

  test('escapes of strconv.Quote', () => {
    expect(value(String.raw`\a\b\f\n\r\t\v\\\"`)).toBe('\u0007\b\f\n\r\t\v\\"');
    expect(value(String.raw`\x41\102\u0043\U0001F600`)).toBe('ABC\u{1F600}');
    expect(value(String.raw`\xc3\xa4-\303\244`)).toBe('ä-ä');
    expect(value('a,b}{=ä\u{1F600}')).toBe('a,b}{=ä\u{1F600}');
  });

  test.each([
    '',
    'a="b"',
    '{',
    '{a}',
    '{a=b}',
    '{a="b"',
    '{a="b',
    '{a="b\\"}',
    '{a="b"} ',
    '{a="b"}}',
    '{a="b",}',
    '{a="b",  c="d"}',
    '{ a="b"}',
    '{a ="b"}',
    '{a= "b"}',
    '{a="b" }',
    "{a='b'}",
    '{="b"}',
    '{1a="b"}',
    '{a-b="c"}',
    '{ä="c"}',
    '{a="line\nfeed"}',
    '{a="\ud800"}',
    String.raw`{a="\/"}`,
    String.raw`{a="\'"}`,
    String.raw`{a="\x4"}`,
    String.raw`{a="\400"}`,
    String.raw`{a="\ud83d\ude00"}`,
    String.raw`{a="\U00110000"}`,
    String.raw`{a="\xff"}`,
  ])('%j is refused', (text) => {
    expect(() => parseLabels(text)).toThrow(MalformedPush);
  });

  test('JSON.stringify quotes any well-formed value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (value) => {
        expect(parseLabels(`{a=${JSON.stringify(value)}, b="x"}`)).toStrictEqual([
          ['a', value],
          ['b', 'x'],
        ]);
      }),
    );
  });
});
