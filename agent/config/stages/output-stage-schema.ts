import { z } from 'zod';
import { valueName } from './value-name.ts';

export interface OutputStageConfig {
  readonly source: string;
}

export const outputStageSchema: z.ZodType<OutputStageConfig> = z
  .strictObject({ source: valueName().describe('Name of the extracted value that becomes the line.') })
  .describe('Puts an extracted value in place of the line.');
