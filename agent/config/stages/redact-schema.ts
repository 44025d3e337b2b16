import { z } from 'zod';
import { type Shape, SHAPES } from '../../model/shape.ts';
import { whenSound } from '../scalar-schemas.ts';
import { patternText } from './pattern-text.ts';

/** A text that has no shape of its own. */
interface RedactPatternConfig {
  readonly name: string;
  readonly expression: string;
  readonly replacement?: string;
}

export interface RedactConfig {
  readonly shapes?: readonly Shape[];
  readonly patterns?: readonly RedactPatternConfig[];
  readonly replacement: string;
}

const MAX_REPLACEMENT_BYTES = 128;

function replacementText(): z.ZodString {
  return z.string().refine((text) => Buffer.byteLength(text) <= MAX_REPLACEMENT_BYTES, {
    error: `too long, write at most ${MAX_REPLACEMENT_BYTES} bytes`,
  });
}

const shapes = z
  .array(z.enum(SHAPES))
  .min(1, { error: `an empty list, write at least one of ${SHAPES.join(', ')}` })
  .superRefine(
    (shapes, ctx) => {
      for (const index of repeats(shapes)) ctx.addIssue({ code: 'custom', path: [index], message: 'listed twice, remove one' });
    },
    { when: whenSound() },
  );

const pattern = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,63}$/, { error: 'not a name here, write small letters, digits and _ and begin with a letter' })
    .refine((name) => !SHAPES.some((shape) => shape === name), { error: 'the name of a shape, write another one' })
    .describe('What it is called in metrics and replacements.'),
  expression: patternText(({ matchesNothing }) =>
    matchesNothing ? 'may match nothing, write one that takes a character at least' : null,
  ).describe('A regular expression of Go; what it matches is replaced.'),
  replacement: replacementText().exactOptional().describe('What stands in its place; absent: that of the stage.'),
});

const patterns = z
  .array(pattern)
  .min(1, { error: 'an empty list, write at least one pattern' })
  .superRefine(
    (patterns, ctx) => {
      const names = patterns.map(({ name }) => name);
      for (const index of repeats(names))
        ctx.addIssue({ code: 'custom', path: [index, 'name'], message: 'given twice, write another name' });
    },
    { when: whenSound() },
  );

export const redactSchema: z.ZodType<RedactConfig> = z
  .strictObject({
    shapes: shapes.exactOptional().describe(`What is looked for, in this order: ${SHAPES.join(', ')}.`),
    patterns: patterns.exactOptional().describe('What is looked for behind the shapes.'),
    replacement: replacementText()
      .default('[redacted:{shape}]')
      .describe('What stands in place of what was found; {shape} in it is the name of the shape or pattern.'),
  })
  .refine(({ shapes, patterns }) => shapes !== undefined || patterns !== undefined, {
    error: 'looks for nothing, write shapes or patterns',
  })
  .describe('Replaces secrets and personal data in the text.');

/** Places of what is listed before. */
function repeats(listed: readonly string[]): number[] {
  return [...listed.keys()].filter((index) => listed.indexOf(listed[index]!) < index);
}
