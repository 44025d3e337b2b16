import { z } from 'zod';
import {
  LABEL_PRESETS,
  METADATA_NAMES,
  type LabelField,
  type MetadataName,
  PRESET_NAMES,
  type PresetName,
} from '../model/label-presets.ts';
import { anyLabelName } from './label-name.ts';
import { OUR_METADATA } from './our-metadata.ts';
import { labelValue, whenSound, wholeNumber } from './scalar-schemas.ts';

export interface LabelsConfig {
  readonly preset: PresetName;
  readonly static: Readonly<Record<string, string>>;
  readonly metadata: readonly MetadataName[];
  readonly max_values: number;
  readonly max_namespace_values: number;
  readonly from_pod_labels: Names;
  readonly from_pod_annotations: Names;
  readonly metadata_from_pod_labels: Names;
  readonly metadata_from_pod_annotations: Names;
  readonly from_namespace_labels: Names;
  readonly metadata_from_namespace_labels: Names;
}

/** Names in the store, and the names of the pod's labels or annotations that their values come from. */
type Names = Readonly<Record<string, string>>;

/** Labels of any preset: none may be overridden, so that a change of preset breaks no configuration. */
const PRESET_LABELS: ReadonlySet<string> = new Set(Object.values(LABEL_PRESETS).flatMap(({ labels }) => Object.keys(labels)));

const WORKLOAD_KINDS: ReadonlySet<LabelField> = new Set(['deployment', 'replicaset', 'statefulset', 'daemonset', 'cronjob', 'job_name']);

const labelName = anyLabelName().refine((name) => !PRESET_LABELS.has(name), {
  error: (issue) =>
    issue.input === 'cluster' || issue.input === 'node_name'
      ? `a label of the preset, set the key ${issue.input} at the top of the file instead`
      : 'a label of a preset that can not be overridden, write another name',
  abort: true,
});

const metadataName = labelName.refine((name) => !OUR_METADATA.has(name), {
  error: 'a name that logferry gives to metadata of its own, write another name',
});

function mapping(name: typeof labelName, what: string): z.ZodDefault<z.ZodType<Names>> {
  return z.record(name, z.string().min(1)).default({}).describe(what);
}

const FROM_PODS = [
  'from_pod_labels',
  'from_pod_annotations',
  'from_namespace_labels',
  'metadata_from_pod_labels',
  'metadata_from_pod_annotations',
  'metadata_from_namespace_labels',
] as const;

/** A check: no name is given to two things. */
function namesOnce(labels: LabelsConfig, ctx: z.RefinementCtx): void {
  const places = new Map<string, string>();
  for (const key of ['static', ...FROM_PODS] as const) {
    for (const name of Object.keys(labels[key])) {
      const taken = places.get(name);
      if (taken === undefined) places.set(name, key);
      else ctx.addIssue({ code: 'custom', path: [key, name], message: `a name that ${taken} has too, write another name` });
    }
  }
}

/** The keys by which something of pods is asked for. */
export function askedOfPods(labels: LabelsConfig): string[] {
  return FROM_PODS.filter((key) => Object.keys(labels[key]).length > 0);
}

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
      .record(labelName, labelValue())
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
    max_values: wholeNumber(0, 1_000_000)
      .default(1000)
      .describe(
        'Values that a label may take on this node within a day; from the next value on it goes with new logs as structured metadata. 0: any number.',
      ),
    max_namespace_values: wholeNumber(0, 1_000_000)
      .default(200)
      .describe('As max_values, of the values that a label has in one namespace on this node. 0: any number.'),
    from_pod_labels: mapping(labelName, 'Further labels, name to the label of the pod that has the value: team: example.com/team.'),
    from_pod_annotations: mapping(labelName, "Likewise from the pod's annotations; whoever may change the pod chooses the value."),
    from_namespace_labels: mapping(labelName, "Likewise from the namespace's labels; the agent has to be allowed to get namespaces."),
    metadata_from_pod_labels: mapping(metadataName, 'Further structured metadata, name to the label of the pod that has the value.'),
    metadata_from_pod_annotations: mapping(metadataName, "Likewise from the pod's annotations."),
    metadata_from_namespace_labels: mapping(metadataName, "Likewise from the namespace's labels."),
  })
  .superRefine(namesOnce, { when: whenSound('static', ...FROM_PODS) })
  .prefault({})
  .describe('What a stream is known by in the store.');

/** Number of label names, as Loki counts them, of the longest label set that this configuration leads to. */
export function countLabels(hasCluster: boolean, labels: LabelsConfig): number {
  const { preset, static: staticLabels, from_pod_labels, from_pod_annotations, from_namespace_labels } = labels;
  const counted = Object.entries(LABEL_PRESETS[preset].labels).filter(
    ([name, field]) => name !== 'service_name' && (hasCluster || field !== 'cluster'),
  );
  // A pod has one workload, so one of the labels that name kinds of it.
  const workloads = counted.filter(([, field]) => WORKLOAD_KINDS.has(field)).length;
  return (
    counted.length -
    Math.max(workloads - 1, 0) +
    Object.keys({ ...staticLabels, ...from_pod_labels, ...from_pod_annotations, ...from_namespace_labels }).length
  );
}
