/** What is kept of a pod: enough to say whose a log is. */
export interface Pod {
  /** The API server's; a static pod's log directory has `configHash` in its place. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that somebody reads: see isKeptAnnotation. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The owner that manages it. */
  readonly controller: Owner | null;
  /** Annotation `kubernetes.io/config.hash` of the mirror of a static pod: the uid that the kubelet knows the pod by. */
  readonly configHash: string | null;
  /** Absent or null: not asked for, or not known. */
  readonly namespaceLabels?: Readonly<Record<string, string>> | null;
}

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** Beginnings of the names of annotations that are kept: others may be large, and change often. */
const KEPT_ANNOTATIONS = [
  'logferry.io/',
  'fluentbit.io/exclude',
  'fluentbit.io/parser',
  'vector.dev/exclude',
  'co.elastic.logs',
  'logs.grafana.com/',
  'k8s.grafana.com/logs.job',
  'resource.opentelemetry.io/',
];

/** Whether what an annotation says is kept of a pod; `asked`: names that the configuration asks for. */
export function isKeptAnnotation(name: string, asked: ReadonlySet<string>): boolean {
  return asked.has(name) || KEPT_ANNOTATIONS.some((beginning) => name.startsWith(beginning));
}
