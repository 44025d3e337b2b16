/** What is kept of a pod: enough to say whose a log is. */
export interface Pod {
  /** The API server's; a static pod's log directory has `configHash` in its place. */
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Those that are asked for: see KEPT_ANNOTATIONS. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The owner that manages it. */
  readonly controller: Owner | null;
  /** Annotation `kubernetes.io/config.hash` of the mirror of a static pod: the uid that the kubelet knows the pod by. */
  readonly configHash: string | null;
}

export interface Owner {
  readonly kind: string;
  readonly name: string;
}

/** Names the service that a pod is part of (OpenTelemetry's semantic conventions for resources in Kubernetes). */
export const SERVICE_NAME_ANNOTATION = 'resource.opentelemetry.io/service.name';

/** Annotations that are kept: others may be large, and change often. */
export const KEPT_ANNOTATIONS: readonly string[] = [SERVICE_NAME_ANNOTATION];
