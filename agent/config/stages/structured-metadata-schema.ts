import type { z } from 'zod';
import { LABEL_PRESETS } from '../../model/label-presets.ts';
import { anyLabelName } from '../label-name.ts';
import { OUR_METADATA } from '../our-metadata.ts';
import { type Sources, sources } from './sources.ts';

/** What is metadata in one preset is a label in another, and may be made metadata there; a level may come from a program that says it itself. */
const ALLOWED: ReadonlySet<string> = new Set([
  ...Object.values(LABEL_PRESETS).flatMap(({ labels }) => Object.keys(labels)),
  'detected_level',
]);

const metadataName = anyLabelName().refine((name) => ALLOWED.has(name) || !OUR_METADATA.has(name), {
  error: 'a name that logferry gives to metadata of its own, write another name',
});

export const structuredMetadataSchema: z.ZodType<Sources> = sources(
  metadataName,
  'Says extracted values, or labels, as structured metadata: its name, and that of the value; empty: the value of that name.',
);
