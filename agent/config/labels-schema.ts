import { z } from 'zod';
import { LABEL_NAME } from '../model/labels.ts';
import { labelValue, whenSound } from './scalar-schemas.ts';

export interface LabelsConfig {
  readonly preset: 'standard';
  readonly static: Readonly<Record<string, string>>;
  readonly metadata: readonly MetadataName[];
}

type MetadataName = (typeof METADATA_NAMES)[number];

const METADATA_NAMES = ['pod', 'pod_uid', 'container_id', 'restart_count'] as const;

/** What the preset `standard` sets on every stream; `cluster` only if the configuration names one. */
const PRESET_NAMES: readonly string[] = ['cluster', 'namespace', 'app', 'container', 'service_name', 'job', 'stream', 'node_name'];

/** Loki's default max_label_name_length (pkg/validation/limits.go). */
const MAX_LABEL_NAME_BYTES = 1024;

const staticName = z
  .string()
  .regex(LABEL_NAME, { error: 'not a label name, write letters, digits and _ only and no digit first', abort: true })
  .refine((name) => !name.startsWith('__'), {
    error: 'label names that begin with __ are reserved by Loki, write another name',
    abort: true,
  })
  .refine((name) => !PRESET_NAMES.includes(name), {
    error: (issue) =>
      issue.input === 'cluster' || issue.input === 'node_name'
        ? `a label of the preset, set the key ${issue.input} at the top of the file instead`
        : 'a label of the preset that can not be overridden, write another name',
    abort: true,
  })
  .max(MAX_LABEL_NAME_BYTES, { error: `too long for a label name, write at most ${MAX_LABEL_NAME_BYTES} bytes` });

/** What a stream is known by in the store. */
export const labelsSchema: z.ZodType<LabelsConfig> = z
  .strictObject({
    preset: z.enum(['standard']).default('standard').describe('Set of labels that every stream gets.'),
    static: z
      .record(staticName, labelValue())
      .default({})
      .describe('Further labels, the same on every stream of this agent: name to value.'),
    metadata: z
      .array(z.enum(METADATA_NAMES))
      .superRefine(
        (names, ctx) => {
          for (const [index, name] of names.entries()) {
            if (names.indexOf(name) < index) ctx.addIssue({ code: 'custom', path: [index], message: 'listed twice, remove one' });
          }
        },
        { when: whenSound() },
      )
      .default(['pod'])
      .describe('What goes with every entry as structured metadata; it counts against ingestion limits, line by line.'),
  })
  .prefault({})
  .describe('What a stream is known by in the store.');

/** Number of label names, as Loki counts them, of the longest label set that this configuration leads to. */
export function countLabels(hasCluster: boolean, labels: LabelsConfig): number {
  const preset = PRESET_NAMES.filter((name) => name !== 'service_name' && (hasCluster || name !== 'cluster'));
  return preset.length + Object.keys(labels.static).length;
}
