import { describe, expect, test } from 'vitest';
import { OUTPUTS, problemsOf } from './problems-of.ts';

function problems(...stages: object[]): string[] {
  return problemsOf(`${OUTPUTS}\nstages: ${JSON.stringify(stages)}`).map((problem) => problem.replace(/^f\.yaml:\d+:\d+ /, ''));
}

describe('regex', () => {
  test('is compiled when the configuration is read, and has to extract something', () => {
    expect(
      problems(
        { regex: { expression: '(?P<a>x)' } },
        { regex: { expression: '(?P<a>x' } },
        { regex: { expression: '(x)' } },
        { regex: { expression: '' } },
        { regex: { expression: '(?P<__a>x)', labels_from_groups: true } },
      ),
    ).toStrictEqual([
      'stages[1].regex.expression: has a ( without its ), write \\( for a parenthesis',
      'stages[2].regex.expression: has no group with a name, write (?P<name>...) around what shall be extracted',
      'stages[3].regex.expression: empty, write a regular expression',
      'stages[4].regex.expression: __a is no name for a label, name the group otherwise',
    ]);
  });
});

describe('drop', () => {
  test('has conditions that can hold', () => {
    expect(
      problems(
        { drop: { source: ['a', 'b'], value: 'x;y', older_than: '24h', longer_than: '8kb' } },
        { drop: {} },
        { drop: { value: 'x' } },
        { drop: { source: 'a', value: 'x', expression: 'x' } },
        { drop: { older_than: '1 day', longer_than: '8 lines' } },
        { drop: { expression: 'a(?!b)' } },
      ),
    ).toStrictEqual([
      'stages[1].drop: has no condition, write one or more of source, expression, value, older_than, longer_than',
      'stages[2].drop: does not say of what it has the value, write source as well',
      'stages[3].drop: has both expression and value, remove one of them',
      'stages[4].drop.older_than: not a duration, write one like 24h',
      'stages[4].drop.longer_than: not a size, write one like 8KB',
      'stages[5].drop.expression: looks ahead or behind, which cannot be done in linear time; match what stands there, and take the part that is needed from a group',
    ]);
  });
});
