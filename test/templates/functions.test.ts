import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { FUNCTION_NAMES } from '../../agent/templates/call.ts';
import { compileTemplate } from '../../agent/templates/compile-template.ts';
import { rendered } from './rendered.ts';

const VALUES = { a: 'Some Silly Value', s: ' x\u00a0', w: '!!!WOO!WOO!!!', u: 'äöüßé😀', n: '7', pii: 'this is PII data', e: '' };

describe('functions that Promtail adds', () => {
  test.each([
    ['{{ ToLower .a }}', 'some silly value'],
    ['{{ ToUpper .u }}', 'ÄÖÜßÉ😀'],
    ['{{ Replace .a " " "_" -1 }}', 'Some_Silly_Value'],
    ['{{ Replace .a " " "_" 1 }}', 'Some_Silly Value'],
    ['{{ Replace .a "" "-" 3 }}', '-S-o-me Silly Value'],
    ['{{ Replace .n "" "-" -1 }}', '-7-'],
    ['{{ Replace .n "" "-" 0 }}', '7'],
    ['{{ Replace .w "WOO" "" -1 }}', '!!!!!!!'],
    ['{{ Trim .w "!" }}', 'WOO!WOO'],
    ['{{ TrimLeft .w "!W" }}', 'OO!WOO!!!'],
    ['{{ TrimRight .w "!O" }}', '!!!WOO!W'],
    ['{{ Trim .u "ä😀" }}', 'öüßé'],
    ['{{ TrimPrefix .w "!!" }}', '!WOO!WOO!!!'],
    ['{{ TrimSuffix .w "O" }}', '!!!WOO!WOO!!!'],
    ['[{{ TrimSpace .s }}]', '[x]'],
    // Promtail's own tests.
    ['{{ Sha2Hash .pii "salt" }}', '5526fd6f8ad457279cf8ff06453c6cb61bf479fa826e3b099caa6c846f9376f2'],
    ['{{ Hash .pii "salt" }}', '0807ea24e992127128b38e4930f7155013786a4999c73a25910318a793847658'],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));
});

function ofText(source: string, text: string): string | null {
  return rendered(source, { a: text }, 1_000_000);
}

describe('functions with a pattern', () => {
  test.each([
    // Promtail's own tests, and its documentation.
    ['{{ regexReplaceAll "(Silly)" .a "${1}foo" }}', 'Some Sillyfoo Value'],
    ['{{ regexReplaceAll "( |Of)" .a "_" }}', 'Some_Silly_Value'],
    ['{{ regexReplaceAll "(a*)bc" "aabc xbc" "${1}a" }}', 'aaa xa'],
    ['{{ regexReplaceAllLiteral "(ts=)" "ts=1 ts=2" "$1timestamp=" }}', '$1timestamp=1 $1timestamp=2'],
    ['{{ regexReplaceAll "(?P<word>[a-z]+) (\\\\w+)" "ab cd" "$2-$word-${word}x-$1x-$$-$9-$-$ é" }}', 'cd-ab-abx--$--$-$ é'],
    ['{{ regexReplaceAll "" "aé😀" "-" }}', '-a-é-😀-'],
    ['{{ regexReplaceAll "b*" "abc" "-" }}', '-a-c-'],
    ['{{ regexReplaceAll "^a" "aaa" "b" }}', 'baa'],
    ['{{ .u | regexFind "[öü]+" }} {{ regexFind "x" .u }}', 'öü '],
    ['{{ regexMatch "^\\\\d$" .n }} {{ regexMatch "x" .n }}', 'true false'],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));

  test('fail where so many matches in a long text would take long, but for a plain text', () => {
    const long = 'x'.repeat(100_000);
    expect(ofText('{{ regexReplaceAll "a.*b|x" .a "y" }}', long)).toBeNull();
    expect(ofText('{{ regexReplaceAll "a.*b|x" .a "y" }}', `xx${long.replaceAll('x', 'z')}`)).toBe(`yy${long.replaceAll('x', 'z')}`);
    expect(ofText('{{ regexReplaceAll "a.*b|x" .a "y" }}', 'x'.repeat(2000))).toBe('y'.repeat(2000));
    expect(ofText('{{ regexReplaceAll "x" .a "y" }}', long)).toBe('y'.repeat(100_000));
  });

  test('fail where the result is too long', () => {
    expect(rendered('{{ regexReplaceAll "" .a "xxxxxxxxxx" }}', VALUES, 100)).toBeNull();
  });

  test.each([
    ['{{ regexReplaceAll "\\\\K" .a "" }}', /^the pattern of regexReplaceAll: /],
    ['{{ regexReplaceAll .a .a "" }}', /^regexReplaceAll wants a pattern in quotes as its first argument$/],
    ['{{ .a | regexReplaceAll "x" }}', /^regexReplaceAll wants 3 arguments, found 2$/],
    ['{{ regexMatch "x" 1 }}', /^argument 2 of regexMatch has to be text$/],
  ])('%s is none', (source, fault) => {
    const template = compileTemplate(source);
    expect('fault' in template ? template.fault : null).toMatch(fault);
  });
});

describe("Go's own functions", () => {
  test.each([
    ['{{ eq .n "7" }} {{ eq .n "1" "7" }} {{ eq .missing "7" }} {{ eq 1 1 }} {{ eq .missing nil }}', 'true true false true true'],
    ['{{ ne .n "7" }} {{ ne .missing "7" }}', 'false true'],
    ['{{ lt "a" "b" }} {{ le "b" "b" }} {{ gt 2 10 }} {{ ge 2.5 2.5 }} {{ lt "z" "ä" }}', 'true true false true true'],
    ['{{ and .a .e }}|{{ or .e .a }}|{{ not .e }}', '|Some Silly Value|true'],
    ['{{ len .u }} {{ len .e }}', '14 0'],
    ['{{ slice .a 5 10 }}|{{ slice .a 11 }}|{{ slice .u 1 2 }}', 'Silly|Value|'],
    ['{{ print "a" 1 2 "b" }} {{ print 1 2 }} {{ println "a" 1 }}', 'a1 2b 1 2 a 1\n'],
    ['{{ printf "%s|%5s|%-5s|%q|%v|%.2s" .n .n .n .a .n .a }}', '7|    7|7    |"Some Silly Value"|7|So'],
    ['{{ printf "%d|%5d|%05d|%-5d|%x|%+d|%o|%b" 42 42 -42 42 255 7 8 5 }}', '42|   42|-0042|42   |ff|+7|10|101'],
    ['{{ printf "%f|%.2f|%e|%g|%8.3f" 1.5 1.005 1500.0 0.00001 3.14159 }}', '1.500000|1.00|1.500000e+03|1e-05|   3.142'],
    ['{{ printf "%t %v %%" true false }}', 'true false %'],
    ['{{ printf "%x %X" "hi" "hi" }}', '6869 6869'],
    ['{{ printf "%d" .n }}', '%!d(string=7)'],
    ['{{ printf "%s %s" .n }}', '7 %!s(MISSING)'],
    ['{{ printf "%s" .n .a 1 }}', '7%!(EXTRA string=Some Silly Value, int=1)'],
    ['{{ printf "%v" .missing }}', '<nil>'],
    ['{{ printf "100%" }}', '100%!(NOVERB)'],
    [String.raw`{{ printf "%q" "a\tb\"\\ é\x00\u2028" }}`, String.raw`"a\tb\"\\ é\x00\u2028"`],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));
});

describe('functions of sprig', () => {
  test.each([
    ['{{ .a | lower }} {{ .a | upper }} {{ "a word, don\'t" | title }}', "some silly value SOME SILLY VALUE A Word, Don'T"],
    ['[{{ trim .s }}] {{ trimAll "!" .w }} {{ trimPrefix "!!" .w }} {{ trimSuffix "!!" .w }}', '[x] WOO!WOO !WOO!WOO!!! !!!WOO!WOO!'],
    ['{{ nospace .a }} {{ replace " " "-" .a }} {{ repeat 3 "ab" }}', 'SomeSillyValue Some-Silly-Value ababab'],
    ['{{ trunc 4 .a }}|{{ trunc -5 .a }}|{{ trunc 99 .a }}|{{ trunc -99 .a }}', 'Some|Value|Some Silly Value|Some Silly Value'],
    ['{{ trunc 3 .u }}|{{ trunc -4 .u }}|{{ trunc -3 .u }}|{{ trunc 4 .u }}', 'ä|😀||äö'],
    ['{{ substr 0 4 .a }}|{{ substr 5 -1 .a }}|{{ substr -1 4 .a }}|{{ substr 5 99 .a }}', 'Some|Silly Value|Some|Silly Value'],
    ['{{ contains "illy" .a }} {{ hasPrefix "Some" .a }} {{ hasSuffix "x" .a }}', 'true true false'],
    ['{{ quote .n .missing 1 }} {{ squote .n }} {{ cat "a" .missing 1 }}', '"7" "1" \'7\' a 1'],
    ['{{ default "d" .e }} {{ default "d" .missing }} {{ .n | default "d" }} {{ default "d" 0 }}', 'd d 7 d'],
    ['{{ empty .e }} {{ coalesce .e .missing .n }} {{ ternary "y" "n" (eq .n "7") }}', 'true 7 y'],
    ['{{ add 7 3 }} {{ add .n "x" 1.9 true }} {{ add1 .n }} {{ sub 5 7 }} {{ mul 2 3 4 }}', '10 9 8 -2 24'],
    ['{{ div -7 2 }} {{ mod -7 2 }} {{ max 1 5 3 }} {{ min .n 9 }}', '-3 -1 5 7'],
    ['{{ addf 0.5 1 }} {{ subf 1 0.25 }} {{ mulf 2 .n }} {{ divf 1 8 }} {{ divf 1 0 }}', '1.5 0.75 14 0.125 +Inf'],
    ['{{ floor 1.7 }} {{ ceil "1.2" }} {{ round 1.25 1 }} {{ round -1.55 1 }}', '1 2 1.3 -1.6'],
    [
      '{{ int "12" }} {{ int "x" }} {{ int64 3.9 }} {{ float64 "2.50" }} {{ atoi "12" }} {{ atoi "x" }} {{ toString 1 }}',
      '12 0 3 2.5 12 0 1',
    ],
    ['{{ add 9223372036854775807 1 }} {{ int "9223372036854775808" }} {{ int "0x1f" }}', '-9223372036854775808 0 31'],
    ['{{ sha1sum "a" }}', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    ['{{ sha256sum "a" }}', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['{{ b64enc "a?b" }} {{ b64dec "YT9i" }}', 'YT9i a?b'],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));
});

test('a function fails or goes well with any values, and the same way each time', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 8 }), fc.constantFrom('', '0', '-1', '3.5', 'true'));
  const args = fc.array(fc.constantFrom('.v', '.w', '"x"', '0', '-1', '99', '2.5', 'true', 'nil'), { maxLength: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...FUNCTION_NAMES), args, fc.option(anything), anything, (name, args, v, w) => {
      const template = compileTemplate(`{{ ${name} ${args.join(' ')} }}`);
      if ('fault' in template) return;
      const values = template.fields.map((field) => (field === 'v' ? v : w));
      const text = template.render(values, 100);
      expect(template.render(values, 100)).toBe(text);
    }),
    { numRuns: 1000 },
  );
});
