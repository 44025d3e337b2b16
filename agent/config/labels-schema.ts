import { z } from 'zod';
import {
  LABEL_PRESETS,
  METADATA_NAMES,
  type LabelField,
  type MetadataName,
  PRESET_NAMES,
  type PresetName,
} from '../model/label-presets.ts';
import { LABEL_NAME } from '../model/labels.ts';
import { labelValue, whenSound } from './scalar-schemas.ts';

export interface LabelsConfig {
  readonly preset: PresetName;
  readonly static: Readonly<Record<string, string>>;
  readonly metadata: readonly MetadataName[];
}

/** Labels of any preset: none may be overridden, so that a change of preset breaks no configuration. */
const PRESET_LABELS: ReadonlySet<string> = new Set(Object.values(LABEL_PRESETS).flatMap(({ labels }) => Object.keys(labels)));

const WORKLOAD_KINDS: ReadonlySet<LabelField> = new Set(['deployment', 'replicaset', 'statefulset', 'daemonset', 'cronjob', 'job_name']);

/** Loki's default max_label_name_length (pkg/validation/limits.go). */
const MAX_LABEL_NAME_BYTES = 1024;

const staticName = z
  .string()
  .regex(LABEL_NAME, { error: 'not a label name, write letters, digits and _ only and no digit first', abort: true })
  .refine((name) => !name.startsWith('__'), {
    error: 'label names that begin with __ are reserved by Loki, write another name',
    abort: true,
  })
  .refine((name) => !PRESET_LABELS.has(name), {
    error: (issue) =>
      issue.input === 'cluster' || issue.input === 'node_name'
        ? `a label of the preset, set the key ${issue.input} at the top of the file instead`
        : 'a label of a preset that can not be overridden, write another name',
    abort: true,
  })
  .max(MAX_LABEL_NAME_BYTES, { error: `too long for a label name, write at most ${MAX_LABEL_NAME_BYTES} bytes` });

/** What a stream is known by in the store. */
export const labelsSchema: z.ZodType<LabelsConfig> = z
  .strictObject({
    preset: z
      .enum(PRESET_NAMES)
      .default('standard')
      .describe(
        "Set of labels that every stream gets: standard; promtail, those of Promtail's chart with pod; otel, Loki's names for OTLP; minimal, namespace and service_name.",
      ),
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
export function countLabels(hasCluster: boolean, { preset, static: staticLabels }: LabelsConfig): number {
  const { labels } = LABEL_PRESETS[preset];
  const counted = Object.entries(labels).filter(([name, field]) => name !== 'service_name' && (hasCluster || field !== 'cluster'));
  // A pod has one workload, so one of the labels that name kinds of it.
  const workloads = counted.filter(([, field]) => WORKLOAD_KINDS.has(field)).length;
  return counted.length - Math.max(workloads - 1, 0) + Object.keys(staticLabels).length;
}
