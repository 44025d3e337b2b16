import { z } from 'zod';
import { goDuration } from '../../runtime/go-duration.ts';
import { sizeInBytes } from '../../runtime/size-in-bytes.ts';
import { patternText } from './pattern-text.ts';
import { valueName } from './value-name.ts';

export interface DropConfig {
  readonly source?: string | readonly string[];
  readonly separator: string;
  readonly expression?: string;
  readonly value?: string;
  readonly older_than?: string;
  readonly longer_than?: string | number;
  readonly drop_counter_reason: string;
}

export const dropSchema: z.ZodType<DropConfig> = z
  .strictObject({
    source: z
      .union([valueName(), z.array(valueName()).min(1, { error: 'an empty list, write at least one name' })])
      .exactOptional()
      .describe('Name of an extracted value, or a list of them; absent: the line.'),
    separator: z.string().default(';').describe('Stands between the values, where there are several.'),
    expression: patternText().exactOptional().describe('A regular expression of Go that the line, or the values, must match.'),
    value: z.string().exactOptional().describe('What the values must be.'),
    older_than: z
      .string()
      .refine((text) => goDuration(text) !== null, { error: 'not a duration, write one like 24h' })
      .exactOptional()
      .describe('How far the time of the entry must be behind now, like 24h.'),
    longer_than: z
      .union([z.string(), z.number()])
      .refine((size) => sizeInBytes(size) !== null, { error: 'not a size, write one like 8KB' })
      .exactOptional()
      .describe('How many bytes the line must have more than, like 8KB.'),
    drop_counter_reason: z
      .string()
      .min(1)
      .default('drop_stage')
      .describe('What they are counted under in logferry_filtered_entries_total.'),
  })
  .superRefine((config, ctx) => {
    const message = faultOf(config);
    if (message !== null) ctx.addIssue({ code: 'custom', message });
  })
  .describe('Leaves out the entries that all of its conditions hold for.');

function faultOf({ source, expression, value, older_than: olderThan, longer_than: longerThan }: Partial<DropConfig>): string | null {
  const conditions = [source, expression, value, olderThan, longerThan];
  if (conditions.every((condition) => condition === undefined)) {
    return 'has no condition, write one or more of source, expression, value, older_than, longer_than';
  }
  if (expression !== undefined && value !== undefined) return 'has both expression and value, remove one of them';
  return value !== undefined && source === undefined ? 'does not say of what it has the value, write source as well' : null;
}
