import { describe, expect, test } from 'vitest';
import { byteTextOf, textOf } from '../../agent/patterns/byte-text.ts';
import { compilePattern, Pattern } from '../../agent/patterns/pattern.ts';

function groupsIn(source: string, text: string): (string | undefined)[] | null {
  const match = new Pattern(source).exec(byteTextOf(text));
  return match && match.map((group) => group && textOf(group));
}

describe(Pattern, () => {
  test.each<[string, string, (string | undefined)[] | null]>([
    ['^(?P<ip>\\S+) (?<user>\\S+)', '10.0.0.1 frank x', ['10.0.0.1 frank', '10.0.0.1', 'frank']],
    ['(\\d{1,3})(?:\\.(\\d{1,3})){3}', 'at 10.20.30.40:80', ['10.20.30.40', '10', '40']],
    ['(a)|(b)', 'b', ['b', undefined, 'b']],
    ['(?i)größe=(\\w+)', 'GRÖSSE=1 GRÖßE=x', ['GRÖßE=x', 'x']],
    ['^.{3}$', '日本é', ['日本é']],
    ['^[^é]$', 'é', null],
    ['(?s)a.b', 'a\nb', ['a\nb']],
    ['(?m)^b$', 'a\nb\nc', ['b']],
    ['^b', 'a\nb', null],
    ['(?U)a+', 'aaa', ['a']],
    ['\\Qa.b\\E+', 'a.bbb', ['a.bbb']],
    ['[[:digit:]_-]+', 'x1_-', ['1_-']],
    ['\\x{e9}\\x41\\101\\t', 'éAA\t', ['éAA\t']],
    ['a{,2}', 'a{,2}', ['a{,2}']],
    ['\\p{Greek}+', 'aλόγοςb', ['λόγος']],
    ['\\pL+', '1日本語é2', ['日本語é']],
  ])('%s in %j', (source, text, want) => expect(groupsIn(source, text)).toStrictEqual(want));

  test.each<[string, string]>([
    ['(a', 'has a ( without its ), write \\( for a parenthesis'],
    ['a)', 'has a ) that closes nothing, write \\) for a parenthesis'],
    ['[a', '[a has no closing ], write \\[ for a bracket'],
    ['[b-a]', 'the range b-a goes backwards, write the smaller character first'],
    ['*a', '* has nothing before it to repeat, write \\* for the character'],
    ['a**', '** repeats a repeat, write (?:...)* around it, or one of them'],
    ['a{1001}', '{1001} repeats too often, write at most 1000'],
    ['a{3,2}', '{3,2} goes backwards, write {2,3}'],
    ['(a)\\1', '\\1 refers to a group, which cannot be done in linear time; write out what shall be there'],
    [
      'a(?=b)',
      'looks ahead or behind, which cannot be done in linear time; match what stands there, and take the part that is needed from a group',
    ],
    ['(?P<a>x)(?P<a>y)', 'the name a is given twice, name one of the groups otherwise'],
    ['a\\', 'ends with a backslash, write \\\\ for one'],
    ['a\\Z', '\\Z is not known, write $ or \\z'],
    ['\\p{Klingon}', '\\p{Klingon} names no category and no script of Unicode, write one like \\pL, \\p{Lu} or \\p{Greek}'],
    ['(?:.{100}){10}', 'has 3000 steps with its repeats written out, write one of at most 500: fewer counted repeats, or * and + for them'],
  ])('%s is none: %s', (source, fault) => expect(compilePattern(source)).toStrictEqual({ fault }));

  test('says how its groups are named', () => {
    expect(new Pattern('(?P<a>x)(y)(?<b>z)').names).toStrictEqual(['a', null, 'b']);
  });

  test('a plain text can be searched for as bytes', () => {
    expect(new Pattern('GET /é\\.png').literal).toStrictEqual(Buffer.from('GET /é.png'));
    for (const source of ['', 'a.', '(?i)a', '^a', 'a|b', '(a)']) expect(new Pattern(source).literal).toBeNull();
  });

  test('goes on behind a match, and still knows what is before it', () => {
    const pattern = new Pattern('\\b[ab]');
    expect(pattern.exec('ab a', 1)?.index).toBe(3);
    expect(pattern.exec('ab a', 4)).toBeNull();
    expect(new Pattern('^a').exec('aa', 1)).toBeNull();
  });

  test('a text beyond what goes to the usual engine is matched as well', () => {
    expect(groupsIn('(b)(?:c){2}$', `${'a'.repeat(100_000)}bcc`)).toStrictEqual(['bcc', 'b']);
  });

  test('as many skips as one likes compile in no time', () => {
    expect(new Pattern(`${'a?'.repeat(200)}b`).test('aaab')).toBe(true);
  });
});
