/** Loki's discover_service_name: the labels that may tell a stream's service, best first (pkg/validation/limits.go). */
const SERVICE_LABELS = [
  'service',
  'app',
  'application',
  'app_name',
  'name',
  'app_kubernetes_io_name',
  'container',
  'container_name',
  'k8s_container_name',
  'component',
  'workload',
  'job',
  'k8s_job_name',
];

type Pairs = readonly (readonly [name: string, value: string])[];

/** The labels by which Loki knows a stream and names it in its answers (pkg/loghttp/push/push.go ParseLokiRequest). */
export function withServiceName(pairs: Pairs): Pairs {
  const labels = new Map(pairs);
  if (labels.has('service_name')) return pairs;
  const label = SERVICE_LABELS.find((name) => labels.has(name)) ?? '';
  return [...pairs, ['service_name', labels.get(label) ?? 'unknown_service']];
}
