import { z } from 'zod';
import { type Sources, sources } from './sources.ts';
import { valueName } from './value-name.ts';

export interface LogfmtConfig {
  /** Keys, by the name of the value. */
  readonly mapping: Sources;
  readonly source?: string;
}

export const logfmtSchema: z.ZodType<LogfmtConfig> = z
  .strictObject({
    mapping: sources(valueName(), 'What is extracted: the name of a value, and its key; empty: the key of that name.'),
    source: valueName().exactOptional().describe('Name of the extracted value that is looked into; absent: the line.'),
  })
  .describe('Extracts values from key=value pairs.');
