import { z } from 'zod';
import { anyLabelName } from '../label-name.ts';

/** Names of labels, at least one. */
export function labelList(): z.ZodArray<z.ZodString> {
  return z.array(anyLabelName()).min(1, { error: 'an empty list, write at least one label' });
}
