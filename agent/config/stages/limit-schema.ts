import { z } from 'zod';
import { wholeNumber } from '../scalar-schemas.ts';

export interface LimitConfig {
  readonly rate: number;
  readonly burst: number;
  readonly drop: true;
  readonly by_label_name?: string;
  readonly max_distinct_labels: number;
}

const MAX_LINES = 1_000_000;

export const limitSchema: z.ZodType<LimitConfig> = z
  .strictObject({
    rate: z
      .number()
      .positive({ error: 'lets nothing pass, write a number of lines a second above 0' })
      .max(MAX_LINES)
      .describe('Lines a second that may pass.'),
    burst: wholeNumber(1, MAX_LINES).describe('Lines that may pass at once.'),
    drop: z
      .literal(true, {
        error: 'write true: lines beyond the rate are left out here; limits.rules slows a container down and loses nothing',
      })
      .describe('true: lines beyond the rate are left out. For a rate that leaves them waiting on disk write limits.rules.'),
    by_label_name: z
      .string()
      .min(1)
      .exactOptional()
      .describe('A label each value of which has the rate for itself; entries without it have none. Absent: all have one.'),
    max_distinct_labels: wholeNumber(1, 100_000).default(1000).describe('Values of that label that are kept, those that came last.'),
  })
  .describe('Leaves out lines beyond a rate, of each channel of a container.');
