import { z } from 'zod';

export interface SamplingConfig {
  readonly rate: number;
  readonly drop_counter_reason: string;
}

export const samplingSchema: z.ZodType<SamplingConfig> = z
  .strictObject({
    rate: z.number().min(0).max(1).describe('Share of the entries that go on, 0 to 1.'),
    drop_counter_reason: z
      .string()
      .min(1)
      .default('sampling')
      .describe('What the others are counted under in logferry_filtered_entries_total.'),
  })
  .describe('Lets a share of the entries pass.');
