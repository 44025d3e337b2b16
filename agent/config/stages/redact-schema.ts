import { z } from 'zod';
import { type Shape, SHAPES } from '../../model/shape.ts';
import { whenSound } from '../scalar-schemas.ts';

export interface RedactConfig {
  readonly shapes: readonly Shape[];
  readonly replacement: string;
}

const MAX_REPLACEMENT_BYTES = 128;

export const redactSchema: z.ZodType<RedactConfig> = z
  .strictObject({
    shapes: z
      .array(z.enum(SHAPES))
      .min(1, { error: `an empty list, write at least one of ${SHAPES.join(', ')}` })
      .superRefine(
        (shapes, ctx) => {
          for (const [index, shape] of shapes.entries()) {
            if (shapes.indexOf(shape) < index) ctx.addIssue({ code: 'custom', path: [index], message: 'listed twice, remove one' });
          }
        },
        { when: whenSound() },
      )
      .describe(`What is looked for, in this order: ${SHAPES.join(', ')}.`),
    replacement: z
      .string()
      .refine((text) => Buffer.byteLength(text) <= MAX_REPLACEMENT_BYTES, {
        error: `too long, write at most ${MAX_REPLACEMENT_BYTES} bytes`,
      })
      .default('[redacted:{shape}]')
      .describe("What stands in place of what was found; {shape} in it is the shape's name."),
  })
  .describe('Replaces secrets and personal data in the text.');
