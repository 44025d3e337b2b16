import { z } from 'zod';
import { type Shape, SHAPES } from '../model/shape.ts';
import { whenSound } from './scalar-schemas.ts';

/** One stage, under its name; exactly one of the keys is there. */
export interface StageConfig {
  readonly level?: object;
  readonly redact?: RedactConfig;
}

interface RedactConfig {
  readonly shapes: readonly Shape[];
  readonly replacement: string;
}

const STAGES = ['level', 'redact'] as const;

const MAX_REPLACEMENT_BYTES = 128;

const redact: z.ZodType<RedactConfig> = z.strictObject({
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
    .refine((text) => Buffer.byteLength(text) <= MAX_REPLACEMENT_BYTES, { error: `too long, write at most ${MAX_REPLACEMENT_BYTES} bytes` })
    .default('[redacted:{shape}]')
    .describe("What stands in place of what was found; {shape} in it is the shape's name."),
});

/** What is done with every entry before it is put into a batch. */
export const stagesSchema: z.ZodType<readonly StageConfig[]> = z
  .array(
    z
      .strictObject({
        level: z.strictObject({}).exactOptional().describe('Finds the level of a line and puts it into the metadata detected_level.'),
        redact: redact.exactOptional().describe('Replaces secrets and personal data in the text.'),
      })
      .superRefine(
        (stage, ctx) => {
          const names = Object.keys(stage);
          if (names.length === 1) return;
          const message =
            names.length === 0
              ? `names no stage, write one of ${STAGES.join(', ')}`
              : 'more than one stage, write each as an item of its own';
          ctx.addIssue({ code: 'custom', message });
        },
        // A stage under an unknown name is not one that is missing.
        { when: ({ issues }) => issues.length === 0 },
      )
      .meta({ minProperties: 1, maxProperties: 1 }),
  )
  .default([])
  .describe('What is done with every entry, in this order; each item holds one stage.');
