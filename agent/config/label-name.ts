import { z } from 'zod';
import { LABEL_NAME } from '../model/labels.ts';

/** Loki's default max_label_name_length (pkg/validation/limits.go). */
const MAX_LABEL_NAME_BYTES = 1024;

/** A name that Loki takes for a label. */
export function anyLabelName(): z.ZodString {
  return z
    .string()
    .regex(LABEL_NAME, {
      error: ({ input }) => `not a label name, write letters, digits and _ only and no digit first${likely(String(input))}`,
      abort: true,
    })
    .refine((name) => !name.startsWith('__'), {
      error: 'label names that begin with __ are reserved by Loki, write another name',
      abort: true,
    })
    .max(MAX_LABEL_NAME_BYTES, { error: `too long for a label name, write at most ${MAX_LABEL_NAME_BYTES} bytes`, abort: true });
}

/** A label name that looks like it. */
function likely(name: string): string {
  const looksLike = name.replaceAll(/[^a-zA-Z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
  return LABEL_NAME.test(looksLike) ? `, like ${looksLike}` : '';
}
