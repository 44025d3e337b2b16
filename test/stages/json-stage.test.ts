import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonStage } from '../../agent/process/json-stage.ts';
import { extracting } from './extracting.ts';

/** The line of Promtail's own tests (clients/pkg/logentry/stages/json_test.go). */
const LINE = `
{
	"time":"2012-11-01T22:08:41+00:00",
	"app":"loki",
	"component": ["parser","type"],
	"level" : "WARN",
	"numeric": {
		"float": 12.34,
		"integer": 123,
		"string": "123"
	},
	"nested" : {"child":"value"},
	"message" : "this is a log line",
	"complex" : {
		"log" : {"array":[{"test1":"test2"},{"test3":"test4"}],"prop":"value","prop2":"val2"}
	}
}
`;
const EXPRESSIONS =
  '{ time: , app: , component: , level: , nested: , message: , float: numeric.float, integer: numeric.integer, ' +
  'string: numeric.string, complex: "complex.log.array[1].test3" }';
const WANT = {
  time: '2012-11-01T22:08:41+00:00',
  app: 'loki',
  component: '["parser","type"]',
  level: 'WARN',
  float: '12.34',
  integer: '123',
  string: '123',
  nested: '{"child":"value"}',
  message: 'this is a log line',
  complex: 'test4',
};

function field(expression: string): (line: string | Buffer) => string | null {
  const extract = extracting(`[{ json: { expressions: { x: ${JSON.stringify(expression)} } } }]`);
  return (line) => extract(line).values['x']!;
}

describe(JsonStage, () => {
  test('extracts what Promtail extracts', () => {
    const extract = extracting(`[{ json: { expressions: ${EXPRESSIONS} } }]`);
    expect(extract(LINE)).toStrictEqual({ goesOn: true, values: WANT });
  });

  test('looks into a value that was extracted, where one is', () => {
    const extract = extracting(`[{ json: { expressions: ${EXPRESSIONS}, source: log } }]`);
    expect(extract('{}', { log: LINE }).values).toStrictEqual({ ...WANT, log: LINE });
    const nothing = Object.fromEntries([...Object.keys(WANT), 'log'].map((name) => [name, null]));
    expect(extract(LINE)).toStrictEqual({ goesOn: true, values: nothing });
    expect(extract(LINE, { log: 'not a json' }).values).toStrictEqual({ ...nothing, log: 'not a json' });
  });

  test('two stages look into each other', () => {
    const extract = extracting('[{ json: { expressions: { extra: } } }, { json: { expressions: { user: }, source: extra } }]');
    expect(extract('{"app":"loki","extra":"{\\"user\\":\\"marco\\"}"}').values).toStrictEqual({ extra: '{"user":"marco"}', user: 'marco' });
  });

  test('a field that is not there, or null, leaves no value of its name; text that is no object leaves what was', () => {
    const extract = extracting('[{ json: { expressions: { app: , level: } } }]');
    const before = { app: 'cart', level: 'warn' };
    expect(extract('{"level":null}', before).values).toStrictEqual({ app: null, level: null });
    for (const line of ['', 'ts=now log=notjson', '[{"app":"x"}]', '"app"', 'null', '{"app":"x"', '{"app":"x"} y', '{"app":"x",}'])
      expect(extract(line, before)).toStrictEqual({ goesOn: true, values: before });
  });

  test('drop_malformed filters what is no object, and nothing else', () => {
    const extract = extracting('[{ json: { expressions: { app: }, drop_malformed: true } }]');
    expect(['{"app":1}', '{}', ' {"a" : [ ] } '].map((line) => extract(line).goesOn)).toStrictEqual([true, true, true]);
    expect(['', 'x', '[]', '{"app":1', '{"app":01}', '{"a":"\n"}'].map((line) => extract(line).goesOn)).toStrictEqual(Array(6).fill(false));
    const ofSource = extracting('[{ json: { expressions: { app: }, source: log, drop_malformed: true } }]');
    expect([ofSource('x', { log: '{' }).goesOn, ofSource('x').goesOn]).toStrictEqual([false, true]);
  });

  test.each([
    ['a', '{"a":"\\u00e9\\n\\"\\ud83d\\ude00"}', 'é\n"😀'],
    ['a', '{"a":"\\ud83d"}', '\ufffd'],
    ['a', '{"a":true}', 'true'],
    ['a', '{"a":1.50}', '1.5'],
    ['a', '{"a":1e3}', '1000'],
    ['a', '{"a":12345678901234567890}', '12345678901234567890'],
    ['a', '{"a":""}', ''],
    ['a', '{"a":{ "b" : [ 1 , "x y" ] , "c" : { } }}', '{"b":[1,"x y"],"c":{}}'],
    ['a', '{"a":1,"a":2}', '2'],
    ['a.b', '{"a":{"b":1},"a":{"c":2}}', null],
    ['a.b', '{"a":[{"b":1}]}', null],
    ['"a.b"', '{"a.b":1,"a":{"b":2}}', '1'],
    ['a."b c".d', '{"a":{"b c":{"d":"x"}}}', 'x'],
    ['"a\\"b"', '{"a\\"b":7}', '7'],
    ['"é"', '{"\\u00e9":1}', '1'],
    ['a[0]', '{"a":["x"]}', 'x'],
    ['a[?b==`1`].c | [0]', '{"a":[{"b":1,"c":"x"}]}', 'x'],
    ['length(a)', '{"a":[1,2]}', '2'],
    ['{x: a, y: b}', '{"a":1,"b":[true]}', '{"x":1,"y":[true]}'],
    ['a || b', '{"b":1e21}', '1000000000000000000000'],
    ['length(a)', '{"a":1}', null],
  ])('%s of %s is %j', (expression, line, want) => {
    expect(field(expression)(line)).toBe(want);
  });

  test('bytes that are no UTF-8 stand as U+FFFD', () => {
    expect(field('a')(Buffer.from('{"a":"x\xff"}', 'latin1'))).toBe('x\ufffd');
  });

  test('an expression that cannot be applied leaves the value as it was', () => {
    const extract = extracting('[{ json: { expressions: { n: length(a) } } }]');
    expect(extract('{"a":1}', { n: '7' }).values).toStrictEqual({ n: '7' });
  });

  test('throws on no bytes, nor do deep or long lines harm it', () => {
    const extract = extracting('[{ json: { expressions: { a: , b: a.b, c: "a[0]" } } }]');
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      '"a"',
      '"a":',
      '{"a":',
      '{"b":1}',
      '1',
      '-',
      'e',
      'null',
      ' ',
      '\\u00',
      '\xff',
    );
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc.array(piece, { maxLength: 20 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
    );
    fc.assert(
      fc.property(line, (line) => void extract(line)),
      { numRuns: 2000 },
    );
    for (const deep of ['[', '{"a":', '[{"a":']) expect(extract(`{"a":${deep.repeat(100_000)}`).values['a']).toBeNull();
    expect(extract(`{"a":"${'x'.repeat(262_000)}"}`).values['a']).toHaveLength(262_000);
  });
});
