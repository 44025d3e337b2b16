import type { LabelField, LabelPreset, MetadataName } from '../model/label-presets.ts';
import type { Labels, StreamIdentity } from '../model/labels.ts';
import type { Pod } from '../model/pod.ts';
import type { Channel, Metadata } from '../model/record.ts';
import type { Source } from '../model/source.ts';
import { type FieldValues, pathFields, podFields } from './label-fields.ts';
import { type Mapping, mappedValues } from './mapped-values.ts';
import type { ServiceNames } from './service-name.ts';

export interface LabelOptions {
  readonly preset: LabelPreset;
  readonly cluster: string | null;
  readonly nodeName: string;
  readonly staticLabels: Labels;
  readonly metadata: readonly MetadataName[];
  readonly serviceNames: ServiceNames;
  /** What of the pod is taken over as further labels, and as further metadata. */
  readonly mappedLabels: Mapping;
  readonly mappedMetadata: Mapping;
}

/** The pod of a source; `unknown` although pods are known by now, null where none are asked for. */
export type PodOfSource = Pod | 'unknown' | null;

/** Marks entries whose pod was not known, so that their labels come from the path alone. */
const PARTIAL: Metadata = [['metadata', 'partial']];

/** Fields whose values are the cluster's, the node's or the kubelet's, and few: they are never demoted. */
const FEW: ReadonlySet<string> = new Set<LabelField>(['cluster', 'namespace', 'stream', 'node_name']);

/** The labels of a stream that may have any number of values. */
export function manyValued({ labels }: StreamIdentity, { preset, staticLabels }: LabelOptions): [name: string, value: string][] {
  return Object.entries(labels).filter(([name]) => !Object.hasOwn(staticLabels, name) && !FEW.has(preset.labels[name] ?? ''));
}

/** The same with some labels as metadata: the same names, so that a query finds them behind its selector. */
export function demote({ labels, metadata }: StreamIdentity, names: readonly string[]): StreamIdentity {
  if (names.length === 0) return { labels, metadata };
  const pairs = Object.entries(labels);
  const isDemoted = ([name]: readonly [string, string]): boolean => names.includes(name);
  return { labels: Object.fromEntries(pairs.filter((pair) => !isDemoted(pair))), metadata: [...metadata, ...pairs.filter(isDemoted)] };
}

/** Which stream the entries of a source and channel belong to, and what each of them carries. A pure function. */
export function streamIdentity(source: Source, pod: PodOfSource, channel: Channel, options: LabelOptions): StreamIdentity {
  const { preset, cluster, nodeName, staticLabels, metadata, serviceNames } = options;
  const known = pod === 'unknown' ? null : pod;
  const mapped = (mapping: Mapping): [string, string][] => (known === null ? [] : mappedValues(known, mapping));
  const fields: FieldValues = {
    ...pathFields(source, channel),
    ...(known === null ? {} : podFields(known, source, serviceNames)),
    ...(cluster === null ? {} : { cluster }),
    node_name: nodeName,
  };
  return {
    labels: { ...staticLabels, ...Object.fromEntries([...mapped(options.mappedLabels), ...valuesOf(preset.labels, fields)]) },
    metadata: [
      ...askedFor(source, metadata, preset),
      ...valuesOf(preset.metadata, fields),
      ...mapped(options.mappedMetadata),
      ...(pod === 'unknown' ? PARTIAL : []),
    ],
  };
}

function valuesOf(names: LabelPreset['labels'], fields: FieldValues): [string, string][] {
  return Object.entries(names).flatMap(([name, field]) => {
    const value = fields[field];
    return value === undefined ? [] : [[name, value]];
  });
}

/** What is a label already is not repeated. */
function askedFor(source: Source, asked: readonly MetadataName[], { labels, metadataNames }: LabelPreset): Metadata {
  const values: Record<MetadataName, string> = {
    pod: source.pod,
    pod_uid: source.uid,
    container_id: source.containerId,
    restart_count: String(source.attempt),
  };
  return asked
    .filter((name) => !Object.hasOwn(labels, name))
    .map((name) => [metadataNames[name] ?? name, values[name]] as const)
    .filter(([, value]) => value !== '');
}
