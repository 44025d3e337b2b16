import { z } from 'zod';

export type LevelConfig = object;

export const levelSchema: z.ZodType<LevelConfig> = z
  .strictObject({})
  .describe('Finds the level of a line and puts it into the metadata detected_level.');
