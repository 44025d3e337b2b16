import { z } from 'zod';
import { type Level, LEVELS } from '../../model/level.ts';

export interface LevelConfig {
  readonly drop: readonly Level[];
}

export const levelSchema: z.ZodType<LevelConfig> = z
  .strictObject({
    drop: z
      .array(z.enum(LEVELS))
      .default([])
      .describe(`Levels whose lines are left out: ${LEVELS.join(', ')}; one of which no level is found is none of them.`),
  })
  .describe('Finds the level of a line and puts it into the metadata detected_level.');
