import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { formatProblem } from '../../agent/config/problem.ts';
import { configJsonSchema } from '../support/write-config-schema.ts';

const NAMES = [...new Set(configJsonSchema().match(/[a-z_]{3,}(?=": \{)/g))];

/** What YAML and substitution give a meaning to. */
const PIECES = [
  ['\n', '\n  ', '\n    ', ' ', '\t', ': ', '- ', '? ', '[', ']', '{', '}', ', ', '"', "'", '#', '|', '>-', '\0'],
  ['&a ', '*a', '!!str ', '!x ', '---', '...', '%YAML 1.1', '<<', '~', '1', '0x', '.nan', 'true', 'null', '__proto__'],
  ['${A}', '${B}', '${C}', '${', '$${'],
].flat();

/** Says nothing when all is well with the outcome for any text: a configuration, or problems with a place in the file. */
function expectOutcome(text: string): void {
  const loaded = parseConfig('f.yaml', text, { env: { A: 'a', B: '1' }, hostname: 'h' });
  if (loaded.ok) return;
  expect(loaded.problems.length).toBeGreaterThan(0);
  const lines = text.split('\n');
  for (const problem of loaded.problems) {
    expect(formatProblem(problem)).toMatch(/^f\.yaml(?::\d+:\d+)?(?: \S.*)?: \S/s);
    const { line, column } = problem.place ?? { line: 1, column: 1 };
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
  }
}

describe(parseConfig, () => {
  it('has an outcome for any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectOutcome));
  });

  it('has an outcome for anything made of pieces of YAML', () => {
    const piece = fc.constantFrom(...PIECES, ...NAMES);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => expectOutcome(pieces.join(''))),
      { numRuns: 1000 },
    );
  });

  it('has an outcome for any value under any keys', () => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>('loki', 'standard', 'http://loki/p', '/p', '${A}', '${C}', '', 0, 1, 4096, -1, 0.5, true, null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...NAMES, '__proto__', 'nonsense'), tie('value'), { maxKeys: 8 }),
      ),
    }));
    fc.assert(
      fc.property(value, (tree) => expectOutcome(JSON.stringify(tree, null, 1))),
      { numRuns: 500 },
    );
  });
});
