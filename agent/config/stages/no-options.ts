import { z } from 'zod';

/** A stage without options, written `name: {}` or `name:`. */
export function noOptions(what: string): z.ZodType<object> {
  return z
    .strictObject({})
    .nullable()
    .transform((options) => options ?? {})
    .describe(what);
}
