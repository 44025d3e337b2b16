import type { z } from 'zod';
import { anyLabelName } from '../label-name.ts';
import { type Sources, sources } from './sources.ts';

export const labelsStageSchema: z.ZodType<Sources> = sources(
  anyLabelName(),
  'Sets labels to extracted values: the name of a label, and that of the value; empty: the value of that name.',
);
