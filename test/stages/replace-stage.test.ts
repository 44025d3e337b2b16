import { describe, expect, test } from 'vitest';
import { ReplaceStage } from '../../agent/process/replace-stage.ts';
import { OUTPUTS, problemsOf } from '../config/problems-of.ts';
import { ConfiguredStages } from './configured-stages.ts';

const LINE = '11.11.11.11 - frank [25/Jan/2000:14:00:01 -0500] "GET /1986.js HTTP/1.1" 200 932 "-" "Mozilla/5.0"';

function stages(...options: object[]): ConfiguredStages {
  return new ConfiguredStages(`stages: ${JSON.stringify(options.map((replace) => ({ replace })))}`);
}

// The cases of Promtail's clients/pkg/logentry/stages/replace_test.go, and what its documentation says.
describe(ReplaceStage, () => {
  test.each<[string, object, string]>([
    [
      'with group',
      {
        expression: '(\\d{2}\\.\\d{2}\\.\\d{2}\\.\\d{2})',
        replace: '{{ if eq .Value "11.11.11.11" }}dummy{{ else }}{{ .Value }}{{ end }}',
      },
      LINE.replace('11.11.11.11', 'dummy'),
    ],
    ['with an empty text', { expression: '(frank) ' }, LINE.replace('frank', '')],
    ['with all matches', { expression: '(/)', replace: '|' }, LINE.replaceAll('/', '|')],
    ['several groups', { expression: '(\\S+) - (\\S+) \\[', replace: '*' }, LINE.replace('11.11.11.11 - frank', '* - *')],
    ['a group in another', { expression: '- ((fr)ank)', replace: '<{{ .Value }}>' }, LINE.replace('frank', '<frank>')],
    ['no match', { expression: '(elsa)', replace: 'x' }, LINE],
    ['UTF-8', { expression: '(GET|Größe)', replace: '日{{ .Value }}' }, LINE.replace('GET', '日GET')],
  ])('%s', (_name, options, want) => expect(stages(options).describe(LINE)).toBe(`out: ${want}`));

  test('named groups are extracted, as they were replaced', () => {
    const { values } = stages({ expression: '(?P<ip>[\\d.]+) - (?P<user>\\S+)', replace: '{{ .Value | ToUpper }}' }).extract(LINE);
    expect(values).toStrictEqual({ ip: '11.11.11.11', user: 'FRANK' });
  });

  test('an extracted value is rewritten in place of the line', () => {
    const replace = stages({ expression: '(\\d)', replace: '{{ .unit }}', source: 'value' });
    expect(replace.extract('1', { value: '1 of 2', unit: 'x' }).values).toMatchObject({ value: 'x of x' });
    expect(replace.extract('1', {}).values).toMatchObject({ value: null });
  });

  test('bytes that are no UTF-8 stay as they are', () => {
    const line = Buffer.from('\xff key=a', 'latin1');
    expect(stages({ expression: 'key=(\\w)', replace: 'b' }).describe(line)).toBe('out: \ufffd key=b');
  });

  test('has a group, and takes a character', () => {
    const options = [{ expression: 'a' }, { expression: '(a*)' }, { expression: '(a)', replace: '{{ .Value' }];
    const problems = problemsOf(`${OUTPUTS}\nstages: ${JSON.stringify(options.map((replace) => ({ replace })))}`);
    expect(problems.map((problem) => problem.replace(/^f\.yaml:\d+:\d+ /, ''))).toStrictEqual([
      'stages[0].replace.expression: has no group, write parentheses around what shall be replaced',
      'stages[1].replace.expression: may match nothing, write one that takes a character at least',
      'stages[2].replace.replace: {{ is not closed, write }} behind the action',
    ]);
  });
});
