/** What a label of a preset says; the last ones name the workload, each one kind of it. */
export type LabelField =
  | 'cluster'
  | 'namespace'
  | 'pod'
  | 'container'
  | 'stream'
  | 'node_name'
  | 'app'
  | 'instance'
  | 'component'
  | 'job'
  | 'service_name'
  | 'workload'
  | 'service_instance_id'
  | 'deployment'
  | 'replicaset'
  | 'statefulset'
  | 'daemonset'
  | 'cronjob'
  | 'job_name';

/** What the configuration may ask for beside a preset. */
export const METADATA_NAMES = ['pod', 'pod_uid', 'container_id', 'restart_count'] as const;
export type MetadataName = (typeof METADATA_NAMES)[number];

export const PRESET_NAMES = ['standard', 'promtail', 'otel', 'minimal'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** Indexed labels and structured metadata by name; a label that has no value is left out. */
export interface LabelPreset {
  readonly labels: Readonly<Record<string, LabelField>>;
  /** What goes with every entry in addition to what is asked for. */
  readonly metadata: Readonly<Record<string, LabelField>>;
  /** How what is asked for is called here, where that differs. */
  readonly metadataNames: Readonly<Partial<Record<MetadataName, string>>>;
  /** A stream has one node as its writer, so that a node that lags is never refused because another is current. */
  readonly oneWriter: boolean;
}

function named(...fields: readonly LabelField[]): Record<string, LabelField> {
  return Object.fromEntries(fields.map((field) => [field, field]));
}

/** The sets of labels that an operator chooses from. */
export const LABEL_PRESETS: Readonly<Record<PresetName, LabelPreset>> = {
  /** What a restart does not change, and one writer per stream. */
  standard: {
    labels: named(
      'cluster',
      'namespace',
      'app',
      'container',
      'service_name',
      'job',
      'stream',
      'node_name',
      'instance',
      'component',
      'workload',
    ),
    metadata: {},
    metadataNames: {},
    oneWriter: true,
  },
  /** Those of Promtail's Helm chart, `filename` apart. */
  promtail: {
    labels: named('cluster', 'namespace', 'pod', 'container', 'node_name', 'app', 'job', 'component', 'instance', 'stream'),
    metadata: {},
    metadataNames: {},
    oneWriter: true,
  },
  /** Those that Loki makes of OTLP by default (loki docs/sources/send-data/otel), pods as metadata. */
  otel: {
    labels: {
      k8s_cluster_name: 'cluster',
      k8s_namespace_name: 'namespace',
      k8s_container_name: 'container',
      service_name: 'service_name',
      k8s_deployment_name: 'deployment',
      k8s_replicaset_name: 'replicaset',
      k8s_statefulset_name: 'statefulset',
      k8s_daemonset_name: 'daemonset',
      k8s_cronjob_name: 'cronjob',
      k8s_job_name: 'job_name',
    },
    metadata: { service_instance_id: 'service_instance_id', log_iostream: 'stream' },
    metadataNames: { pod: 'k8s_pod_name', pod_uid: 'k8s_pod_uid', restart_count: 'k8s_container_restart_count' },
    oneWriter: false,
  },
  minimal: {
    labels: named('cluster', 'namespace', 'service_name'),
    metadata: named('container', 'stream'),
    metadataNames: {},
    oneWriter: false,
  },
};
