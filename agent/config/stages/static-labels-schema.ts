import { z } from 'zod';
import { anyLabelName } from '../label-name.ts';
import { labelValue } from '../scalar-schemas.ts';

export const staticLabelsSchema: z.ZodType<Readonly<Record<string, string>>> = z
  .record(anyLabelName(), labelValue())
  .describe('Sets labels: name to value.');
