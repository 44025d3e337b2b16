import { z } from 'zod';

/** Options of Promtail have no effect here: parts of a line are joined, however many there are, up to containers.max_line_bytes. */
export const criSchema: z.ZodType<object> = z
  .looseObject({})
  .nullable()
  .transform((options) => options ?? {})
  .describe('Has no effect, nor have its options: logs of container runtimes are always taken apart.');
