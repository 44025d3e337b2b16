import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventScanner } from '../../agent/audit/event-scanner.ts';

const KEPT_BYTES = 1000;

/** What is kept of a line that comes in stretches of these lengths, and at last in one. */
function scan(line: Buffer | string, lengths: readonly number[] = [], scanner: EventScanner = new EventScanner(KEPT_BYTES)): object {
  const bytes = Buffer.from(line);
  scanner.reset();
  let at = 0;
  for (const length of [...lengths, bytes.length]) {
    const end = Math.min(at + length, bytes.length);
    scanner.push(bytes, at, end);
    at = end;
  }
  const fault = scanner.finish();
  const values = Object.fromEntries([...scanner.values()].map(([field, value]) => [field, value.toString()]));
  return { fault, values, leftOut: [...scanner.leftOut], unknownFields: scanner.unknownFields };
}

describe(EventScanner, () => {
  test('keeps fields in any order, without white space between tokens', () => {
    const line = ' { "verb" :\t"a b" , "user": { "groups" : [ 1 , -2.50e+7 , { } , [ ] , null ] } ,\n "level": true }\r\n ';
    expect(scan(line)).toStrictEqual({
      fault: null,
      values: { verb: '"a b"', user: '{"groups":[1,-2.50e+7,{},[],null]}', level: 'true' },
      leftOut: [],
      unknownFields: 0,
    });
  });

  test.each([
    ['', 'empty'],
    [' \t', 'empty'],
    ['{', 'cut-off'],
    ['{"verb":"get"', 'cut-off'],
    ['{"verb":"get', 'cut-off'],
    ['[]', 'no-json'],
    ['"verb"', 'no-json'],
    ['null', 'no-json'],
    ['{"verb":"get"}{', 'no-json'],
    ['{"verb":"get"}}', 'no-json'],
    ['{"verb":"get",}', 'no-json'],
    ['{"verb":[}', 'no-json'],
    ['{"verb":{]', 'no-json'],
    ['{"verb":01}', 'no-json'],
    ['{"verb":1.}', 'no-json'],
    ['{"verb":NaN}', 'no-json'],
    ['{"verb":tru}', 'no-json'],
    ['{"verb":"\\x"}', 'no-json'],
    ['{"verb":"\\u12g4"}', 'no-json'],
    ['{"verb":"a\0b"}', 'no-json'],
    ['{"verb":"a\nb"}', 'no-json'],
    ['{verb:1}', 'no-json'],
    ['{"verb" 1}', 'no-json'],
    ['\0\0\0\0', 'no-json'],
    ['\uFEFF{}', 'no-json'],
    ['{"verb":1,"verb":2}', 'given-twice'],
  ])('%s is no event', (line, fault) => expect(scan(line)).toMatchObject({ fault }));

  test('deeper than any object can be is no event', () => {
    expect(scan(`{"verb":${'['.repeat(20_000)}`)).toMatchObject({ fault: 'too-deep' });
  });

  test('keeps what was complete before the fault', () => {
    expect(scan('{"verb":"get","auditID":"1","stage":"Pan')).toMatchObject({ values: { verb: '"get"', auditID: '"1"' } });
    expect(scan('{"verb":"get","auditID":"1","verb":"list","stage":"Panic"}')).toMatchObject({ values: { verb: '"get"', auditID: '"1"' } });
  });

  test('does not keep fields that no event has', () => {
    const line = '{"secret":{"verb":"x"},"VERB":"x","\\u0076erb":"x","verb":"get","":1,"requestReceivedTimestampOfAnother":2}';
    expect(scan(line)).toMatchObject({ values: { verb: '"get"' }, unknownFields: 5 });
  });

  test('leaves out a body that is too deep, and keeps the others', () => {
    const deep = `${'['.repeat(300)}${']'.repeat(300)}`;
    expect(scan(`{"verb":"get","requestObject":${deep},"stage":"Panic"}`)).toMatchObject({
      fault: null,
      values: { verb: '"get"', stage: '"Panic"' },
      leftOut: ['requestObject'],
    });
  });

  test.each([
    ['answers first', { requestObject: 300, responseObject: 300, annotations: 300, user: 300 }, ['responseObject']],
    ['then requests', { requestObject: 600, responseObject: 300, annotations: 300, user: 300 }, ['responseObject', 'requestObject']],
    ['then annotations', { requestObject: 300, annotations: 600, user: 900 }, ['requestObject', 'annotations']],
    ['one that fits nowhere', { requestObject: 300, user: 1001, verb: 9 }, ['requestObject', 'user']],
    ['nothing that fits', { requestObject: 500, user: 500 }, []],
  ])('leaves out %s', (_, sizes, leftOut) => {
    const fields = Object.entries(sizes).map(([field, size]) => `"${field}":"${'x'.repeat(size - 2)}"`);
    expect(scan(`{${fields.join(',')}}`)).toMatchObject({ fault: null, leftOut });
  });

  test('I3: holds no more than it may of a line without an end', () => {
    const scanner = new EventScanner(KEPT_BYTES);
    const stretch = Buffer.from('{"kind":"Pod","spec":{}},'.repeat(4000));
    scanner.push(Buffer.from('{"verb":"list","responseObject":{"items":['), 0, 42);
    for (let i = 0; i < 100; i += 1) scanner.push(stretch, 0, stretch.length);
    scanner.push(Buffer.from('1]},"stage":"Panic"}'), 0, 20);
    expect(scanner.finish()).toBeNull();
    expect(Object.fromEntries(scanner.values())).toStrictEqual({ verb: Buffer.from('"list"'), stage: Buffer.from('"Panic"') });
  });
});

/** JSON with white space wherever it may stand. */
const spaced = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom('verb', 'user', 'requestObject', 'responseObject', 'annotations', 'stage', 'else'),
      fc.oneof(fc.jsonValue({ noUnicodeString: false }), fc.string({ minLength: 300, maxLength: 700 })),
    ),
    fc.constantFrom('', ' ', '\t'),
  )
  .map(([value, indent]) => JSON.stringify(value, null, indent));

test('I9: what is kept does not depend on the stretches, whatever the line', () => {
  const hostile = fc.oneof(
    spaced,
    fc.tuple(spaced, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
    fc
      .tuple(spaced, fc.nat(), fc.string())
      .map(([text, at, more]) => `${text.slice(0, at % text.length)}${more}${text.slice(at % text.length)}`),
    fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '1', 'verb', '"verb":', ' ') }),
  );
  const scanner = new EventScanner(KEPT_BYTES);
  fc.assert(
    fc.property(hostile, fc.array(fc.nat({ max: 40 })), (line, lengths) => {
      expect(scan(line, lengths, scanner)).toStrictEqual(scan(line));
    }),
    { numRuns: 2000 },
  );
});

test('takes what JSON.parse takes, and nothing else', () => {
  const nearJson = fc.oneof(
    fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.stringify(value)),
    fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', '-', '0', '12', '.', 'e', '+', 'true', 'null', 'u00e9', ' '),
    }),
  );
  fc.assert(
    fc.property(nearJson, (value) => {
      const line = `{"verb":${value}}`;
      const isJson = isParsed(line);
      const { fault, values } = scan(line, [], new EventScanner(1e6)) as { fault: string | null; values: { verb?: string } };
      // A value may end the object itself, and begin another field.
      if (fault === 'given-twice') return;
      expect(fault === null).toBe(isJson);
      if (isJson && values.verb !== undefined) expect(JSON.parse(values.verb)).toStrictEqual((JSON.parse(line) as { verb: unknown }).verb);
    }),
    { numRuns: 2000 },
  );
});

function isParsed(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
