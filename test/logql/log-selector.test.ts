import { describe, expect, test } from 'vitest';
import { isFault } from '../../agent/logql/fault.ts';
import { parseLineFilters, parseLogSelector, selectsStream } from '../../agent/logql/parse-log-selector.ts';
import { compileForTest, lineOf } from './lines.ts';

function selects(source: string, labels: Readonly<Record<string, string>>, line: string): boolean {
  const selector = parseLogSelector(source, compileForTest);
  if (isFault(selector)) throw new Error(selector.fault);
  return selectsStream(selector, (name) => labels[name] ?? '') && (selector.filter?.(lineOf(line)) ?? true);
}

function faultOf(source: string): string {
  const selector = parseLogSelector(source, compileForTest);
  if (!isFault(selector)) throw new Error(`${source} is taken`);
  return selector.fault;
}

const FOO = { foo: 'bar' };
const FOO_BAR = { foo: 'bar', bar: 'test' };

describe("Promtail's table (clients/pkg/logentry/stages/match_test.go), of the line foo", () => {
  test.each([
    ['{foo="bar"} |= "foo"', FOO, true],
    ['{foo="bar"} |~ "foo"', FOO, true],
    ['{foo="bar"} |= "bar"', FOO, false],
    ['{foo="bar"} |~ "bar"', FOO, false],
    ['{foo="bar"} != "bar"', FOO, true],
    ['{foo="bar"} !~ "bar"', FOO, true],
    ['{foo="bar"} != "foo"', FOO, false],
    ['{foo="bar"}', FOO, true],
    ['{foo=""}', FOO, false],
    ['{foo=""}', {}, true],
    ['{foo!="bar"}', FOO, false],
    ['{foo="bar",bar!="test"}', FOO, true],
    ['{foo="bar",bar!="test"}', FOO_BAR, false],
    ['{foo="bar",bar=~"te.*"}', FOO_BAR, true],
    ['{foo="bar",bar!~"te.*"}', FOO_BAR, false],
  ])('%s %j', (source, labels, isSelected) => {
    expect(selects(source, labels, 'foo')).toBe(isSelected);
  });
});

describe('labels', () => {
  test.each([
    ['{bar=~"es"}', false],
    ['{bar=~"te|es"}', false],
    ['{bar=~"t(e|o)st"}', true],
    ['{bar=~"test|prod"}', true],
    ['{none=~".*"}', true],
    ['{none=~".+"}', false],
    ['{none!~".+"}', true],
    ['{none!="x"}', true],
    ['{ foo = "bar" , bar != "baz" }', true],
    ['{\n  foo="bar", # the team of Bar\n  bar="test"\n}', true],
    ['{bar="te\\x73t"}', true],
    ['{bar=`te\\x73t`}', false],
  ])('a pattern is for the whole value, a label that is not there is empty: %s', (source, isSelected) => {
    expect(selects(source, FOO_BAR, '')).toBe(isSelected);
  });

  test('values beyond ASCII are compared by what they say, and matched as bytes', () => {
    expect(selects('{a="zürich", b=~"z.{2}rich"}', { a: 'zürich', b: 'zürich' }, '')).toBe(true);
  });
});

describe('line filters', () => {
  test.each([
    ['|= "a" |= "b"', 'xaxb', true],
    ['|= "a" |= "b"', 'xa', false],
    ['|= "a" or "b"', 'xb', true],
    ['|= "a" or "b"', 'xc', false],
    ['!= "a" or "b"', 'xb', false],
    ['!= "a" or "b"', 'xc', true],
    ['|~ "^a" or "b$" != "c"', 'ab', true],
    ['|~ "^a" or "b$" != "c"', 'acb', false],
    ['!~ "^a" or "b$"', 'xb', false],
    ['|= `a"\\d` or "or"', 'a"\\d', true],
    ['|= ""', '', true],
    ['!= ""', 'a', false],
    ['|= "a" # not |= "b"', 'a', true],
    ['|= "\\"\\u00fc\\U0001F600\\t\\103\\a"', '"ü😀\tC\u0007', true],
    ['|="a"|="b"', 'ab', true],
  ])('%s on %j', (source, line, passes) => {
    expect(selects(`{foo="bar"} ${source}`, FOO, line)).toBe(passes);
    const filter = parseLineFilters(source, compileForTest);
    expect(!isFault(filter) && filter(lineOf(line))).toBe(passes);
  });

  test('a text may be bytes that are no UTF-8', () => {
    const filter = parseLineFilters('|= "\\xff\\xfe"', compileForTest);
    expect(!isFault(filter) && filter(lineOf(Buffer.of(97, 0xff, 0xfe)))).toBe(true);
  });

  test.each([10, 10_000])('what lies beside a line of %d bytes in its chunk is not looked at', (bytes) => {
    const filter = parseLineFilters('|= "before" or "behind" or "xbehind" or "beforex"', compileForTest);
    expect(!isFault(filter) && filter(lineOf('x'.repeat(bytes)))).toBe(false);
  });
});

describe('what is no selector', () => {
  test.each([
    ['', 'column 1: expected { and labels, like {app="shop"}'],
    ['foo', 'column 1: expected { and labels, like {app="shop"}'],
    ['rate({a="b"}[5m])', 'column 1: expected { and labels, like {app="shop"}; a metric query selects no lines'],
    ['{}', 'column 1: {} asks for no label, name one, like {namespace="shop"}, or {namespace=~".*"} for any'],
    ['{', 'column 2: expected the name of a label: a letter or _, then letters, digits and _'],
    ['{a="b",}', 'column 8: expected the name of a label: a letter or _, then letters, digits and _'],
    ['{foo}', 'column 5: expected one of = != =~ !~ behind the label foo'],
    ['{foo="bar}', 'column 6: the quote that ends this text is missing'],
    ['{foo="bar\n"}', 'line 1, column 6: the quote that ends this text is missing'],
    ['{foo=`bar}', 'column 6: the backtick that ends this text is missing'],
    ["{foo='bar'}", 'column 7: a text is missing, write it in double quotes or backticks, not single ones'],
    ['{foo="bar"', 'column 11: expected a comma and another label, or }'],
    ['{foo="bar"} |~', 'column 15: a text is missing, write it in double quotes or backticks'],
    ['{foo="bar"}\n  "foo"', 'line 2, column 3: expected a line filter, one of |= != |~ !~'],
    ['{foo="bar"} |~ "\\d+"', 'column 17: \\d is no escape, write \\\\d for a backslash, or the text in backticks'],
    ['{foo="\\ud800"}', 'column 7: \\ud800 is no character'],
    ['{foo="bar"} !~ "["', 'column 16: no pattern'],
    ['{foo=~"a)|(b"}', 'column 7: no pattern'],
    ['{foo=~"\\xff"}', 'column 7: a regular expression of bytes that are no UTF-8'],
    ['{a="b"} |= ip("10.0.0.0/8")', 'column 14: ip() is not supported, write |~ and a regular expression of the addresses'],
    ['{a="b"} |> "<_> GET"', 'column 9: filters by pattern are not supported, write |~ or !~ and a regular expression'],
    ['{a="b"} [5m]', 'column 9: a range belongs to a metric query, leave it out'],
    [
      '{a="b"} | json',
      'column 9: | json is no line filter, of which there are |= != |~ !~; parse lines with a stage before this one and ask for labels in {}',
    ],
    [`{a="${'b'.repeat(6000)}"}`, 'too long, write at most 5119 bytes'],
  ])('%.40s', (source, fault) => {
    expect(faultOf(source)).toBe(fault);
  });

  test('line filters alone take no labels', () => {
    expect(parseLineFilters('{a="b"}', compileForTest)).toStrictEqual({ fault: 'column 1: expected a line filter, one of |= != |~ !~' });
  });
});
