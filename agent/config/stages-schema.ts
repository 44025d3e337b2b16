import { z } from 'zod';
import { type LevelConfig, levelSchema } from './stages/level-schema.ts';
import { type RedactConfig, redactSchema } from './stages/redact-schema.ts';

/** One stage, under its name; exactly one of the keys is there. */
export interface StageConfig {
  readonly level?: LevelConfig;
  readonly redact?: RedactConfig;
}

export type StageName = keyof StageConfig;

const STAGE_SCHEMAS: { readonly [Name in StageName]-?: z.ZodType<NonNullable<StageConfig[Name]>> } = {
  level: levelSchema,
  redact: redactSchema,
};

const NAMES = Object.keys(STAGE_SCHEMAS);

/** What is done with every entry before it is put into a batch. */
export const stagesSchema: z.ZodType<readonly StageConfig[]> = z
  .array(
    z
      .strictObject(Object.fromEntries(Object.entries(STAGE_SCHEMAS).map(([name, schema]) => [name, schema.exactOptional()])))
      .superRefine(
        (stage, ctx) => {
          const names = Object.keys(stage);
          if (names.length === 1) return;
          const message =
            names.length === 0
              ? `names no stage, write one of ${NAMES.join(', ')}`
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
