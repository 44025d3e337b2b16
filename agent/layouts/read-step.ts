import type { TimeFields } from './time-fields.ts';

/** Reads what one piece of a layout stands for, at `fields.at`, which it moves behind that; false when the text has something else there. */
export type ReadStep = (text: string, fields: TimeFields) => boolean;
