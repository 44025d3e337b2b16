import { expect, test } from 'vitest';
import { compilePattern } from '../../agent/patterns/pattern.ts';
import { FROM_FIRST_LINE, type Joining, PatternRule } from '../../agent/records/pattern-rule.ts';
import { decodeFiles } from '../decode/log-feed.ts';

function joined(source: string, joining: Joining, lines: readonly string[]): string[] {
  const pattern = compilePattern(source);
  if ('fault' in pattern) throw new Error(pattern.fault);
  const multiline = { key: source, rule: new PatternRule(pattern, joining), maxWaitSeconds: 3, maxLines: 128 };
  const log = lines.map((line) => `2024-05-01T12:00:00Z stdout F ${line}\n`).join('');
  return decodeFiles([Buffer.from(log)], { multiline }).map(({ content }) => content.toString());
}

/** As Promtail's documentation of the stage shows it; what stands before the first of all is a record too. */
test.each([
  [
    '^\\[\\d{4}-\\d{2}-\\d{2} \\d{1,2}:\\d{2}:\\d{2}\\]',
    ['[2020-12-03 11:36:20] GET / 200', '[2020-12-03 11:36:23] "GET /error" 500', 'Traceback', '  File "a.py"', '[2020-12-03 11:36:24] x'],
    ['[2020-12-03 11:36:20] GET / 200', '[2020-12-03 11:36:23] "GET /error" 500\nTraceback\n  File "a.py"', '[2020-12-03 11:36:24] x'],
  ],
  ['^START', ['a', 'b', 'START c', 'd', 'START e'], ['a\nb', 'START c\nd', 'START e']],
  ['^\\x{200B}\\[', ['​[1]', 'a ü', '​[2]'], ['​[1]\na ü', '​[2]']],
  ['x', ['no', 'line', 'of', 'it'], ['no\nline\nof\nit']],
])('firstline %s', (pattern, lines, want) => expect(joined(pattern, FROM_FIRST_LINE, lines)).toEqual(want));

/** The four tables of Filebeat's documentation (multiline-examples). */
test.each<[Joining, string[]]>([
  [{ negate: false, match: 'after' }, ['c\nb\nb', 'c\nb']],
  [{ negate: false, match: 'before' }, ['c', 'b\nb\nc', 'b']],
  [{ negate: true, match: 'after' }, ['c', 'b', 'b\nc', 'b']],
  [{ negate: true, match: 'before' }, ['c\nb', 'b', 'c\nb']],
])('pattern ^b with %o', (joining, want) => expect(joined('^b', joining, ['c', 'b', 'b', 'c', 'b'])).toEqual(want));
