import type { Pod } from '../model/pod.ts';
import { isLabelValue } from './is-label-value.ts';

/** Ours, and that of OpenTelemetry's semantic conventions for resources in Kubernetes. */
export const OWN_SERVICE_NAME = 'logferry.io/service-name';
export const OTEL_SERVICE_NAME = 'resource.opentelemetry.io/service.name';
/** grafana/k8s-monitoring-helm, feature-pod-logs */
export const GRAFANA_JOB = 'k8s.grafana.com/logs.job';

/** Annotations that may name the service, those first that come first, and the job. */
export interface ServiceNames {
  readonly own: boolean;
  readonly otel: boolean;
  readonly grafanaJob: boolean;
}

/** What the owner of a pod calls his service; null when he does not say, or not so that it could be a label. */
export function serviceNameOf({ annotations }: Pod, names: ServiceNames): string | null {
  return (
    namesOf(names)
      .flatMap((name) => annotations[name] ?? [])
      .find(isLabelValue) ?? null
  );
}

/** What the owner of a pod calls his job, likewise. */
export function jobNameOf({ annotations }: Pod, { grafanaJob }: ServiceNames): string | null {
  const name = grafanaJob ? annotations[GRAFANA_JOB] : undefined;
  return name !== undefined && isLabelValue(name) ? name : null;
}

/** Annotations with a name that cannot be a label's value. */
export function unusable({ annotations }: Pod, names: ServiceNames): string[] {
  return [...namesOf(names), ...(names.grafanaJob ? [GRAFANA_JOB] : [])].filter(
    (name) => annotations[name] !== undefined && !isLabelValue(annotations[name]),
  );
}

function namesOf({ own, otel }: ServiceNames): string[] {
  return [...(own ? [OWN_SERVICE_NAME] : []), ...(otel ? [OTEL_SERVICE_NAME] : [])];
}
