import { z } from 'zod';

/** The name of an extracted value: any text. */
export function valueName(): z.ZodString {
  return z.string().min(1, { error: 'empty, write the name of a value' });
}
