import { z } from 'zod';
import { valueName } from './value-name.ts';

export interface PackConfig {
  readonly labels: readonly string[];
  readonly ingest_timestamp: false;
}

const NO_INGEST_TIME =
  'an entry keeps its time, since that of its reading would be another one after a restart, and the store would keep both: write false';

export const packSchema: z.ZodType<PackConfig> = z
  .strictObject({
    labels: z.array(valueName()).default([]).describe('Names of labels and extracted values that go into the line.'),
    ingest_timestamp: z.literal(false, { error: NO_INGEST_TIME }).default(false).describe('Only false: entries keep their time.'),
  })
  .describe('Makes a line a JSON object that holds it and some values, as unpack of LogQL reads it.');
