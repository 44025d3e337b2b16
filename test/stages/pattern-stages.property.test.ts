import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compilePattern } from '../../agent/patterns/pattern.ts';
import { anyPattern, anyText } from '../patterns/random-pattern.ts';
import { ConfiguredStages } from './configured-stages.ts';

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.array(anyText).map((texts) => Buffer.from(texts.join(''))),
);

/** The stages that a pattern can be used for, each in a list of its own. */
function stagesOf(expression: string): ConfiguredStages[] {
  const pattern = compilePattern(expression);
  if ('fault' in pattern) return [];
  const stages: object[][] = [
    [{ drop: { expression } }],
    [{ regex: { expression: `(?P<value>${expression})`, labels_from_groups: true } }, { drop: { source: 'value', expression } }],
  ];
  if (!pattern.matchesNothing) {
    stages.push(
      [{ redact: { patterns: [{ name: 'own', expression }], replacement: '' } }],
      [{ replace: { expression: `(?P<value>${expression})`, replace: '<{{ .Value }}>' } }],
    );
  }
  return stages.map((list) => new ConfiguredStages(`stages: ${JSON.stringify(list)}`));
}

test('I5 I9 no stage with a pattern throws on any bytes, and each says the same again', () => {
  const expression = anyPattern.filter((source) => source !== '' && 'names' in compilePattern(`(?P<value>${source})`));
  let lines = 0;
  fc.assert(
    fc.property(expression, fc.array(bytes, { minLength: 1, maxLength: 5 }), (source, lots) => {
      for (const stages of stagesOf(source)) {
        for (const line of lots) {
          const said = stages.describe(line);
          expect(stages.describe(line)).toBe(said);
          lines += 1;
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(lines).toBeGreaterThan(100);
});
