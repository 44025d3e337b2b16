import { describe, expect, test } from 'vitest';
import { Counters } from '../../agent/model/counters.ts';
import { Pattern } from '../../agent/patterns/pattern.ts';
import { type RedactPattern, RedactStage } from '../../agent/process/redact-stage.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import { OUTPUTS, problemsOf } from '../config/problems-of.ts';
import { processed } from './entry.ts';

function pattern(name: string, expression: string, replacement?: string): RedactPattern {
  return { name, pattern: new Pattern(expression), replacement };
}

function redactor(...patterns: RedactPattern[]): { readonly text: (line: string) => string; readonly counters: Counters } {
  const counters = new Counters();
  const options = { shapes: ['email'] as const, patterns, replacement: '[redacted:{shape}]', maxLineBytes: 262_144 };
  const stage = new RedactStage({ options, scratch: new Scratch(), counts: counters.redactions });
  return { text: (line) => processed(stage, line).text.toString(), counters };
}

describe('redact with patterns', () => {
  test('replaces all that an expression matches, behind the shapes, and counts it by its name', () => {
    const { text, counters } = redactor(pattern('key', 'key-\\w+'), pattern('pin', '(?i)PIN=\\d+', 'pin=***'));
    expect(text('key-1 a@b.cd key-2ü Pin=1234 pin=x')).toBe('[redacted:key] [redacted:email] [redacted:key]ü pin=*** pin=x');
    expect(text('nothing here')).toBe('nothing here');
    expect(counters.redactions).toMatchObject({ email: 1, key: 2, pin: 1 });
  });

  test('each looks at what those before it have left', () => {
    expect(redactor(pattern('one', 'aa', 'b'), pattern('two', 'bb', 'c')).text('aaaa a@b.cd')).toBe('c [redacted:email]');
  });

  test('of a long line that is nothing but matches the rest is replaced as a whole', () => {
    const { text } = redactor(pattern('a', 'a.*z|a', '-'));
    expect(text(`${'a'.repeat(4000)}b`)).toBe(`${'-'.repeat(4000)}b`);
    const redacted = text(`${'a'.repeat(100_000)}b`);
    expect(redacted).toMatch(/^-+$/);
    expect(redacted.length).toBeLessThan(200);
  });

  test('are told apart by names, and take a character at least', () => {
    const stages = [
      {
        redact: {
          patterns: [{ name: 'a', expression: 'x*' }],
        },
      },
      {
        redact: {
          patterns: [
            { name: 'email', expression: 'x' },
            { name: 'A b', expression: '(x' },
          ],
        },
      },
      {
        redact: {
          patterns: [
            { name: 'a', expression: 'x' },
            { name: 'a', expression: 'x' },
          ],
        },
      },
      { redact: { patterns: [] } },
    ];
    const problems = problemsOf(`${OUTPUTS}\nstages: ${JSON.stringify(stages)}`);
    expect(problems.map((problem) => problem.replace(/^f\.yaml:\d+:\d+ /, ''))).toStrictEqual([
      'stages[0].redact.patterns[0].expression: may match nothing, write one that takes a character at least',
      'stages[1].redact.patterns[0].name: the name of a shape, write another one',
      'stages[1].redact.patterns[1].name: not a name here, write small letters, digits and _ and begin with a letter',
      'stages[1].redact.patterns[1].expression: has a ( without its ), write \\( for a parenthesis',
      'stages[2].redact.patterns[1].name: given twice, write another name',
      'stages[3].redact.patterns: an empty list, write at least one pattern',
    ]);
  });
});
