import type { LabelField } from '../model/label-presets.ts';
import type { Owner, Pod } from '../model/pod.ts';
import { CHANNEL_NAMES, type Channel } from '../model/record.ts';
import type { Source } from '../model/source.ts';
import { jobNameOf, type ServiceNames, serviceNameOf } from './service-name.ts';
import { workloadOf } from './workload.ts';

/** Values of what a label may say; what is not known is absent. */
export type FieldValues = Readonly<Partial<Record<LabelField, string>>>;

/** The fields of OpenTelemetry that name a workload, by its kind. */
const WORKLOAD_FIELDS: Readonly<Record<string, LabelField>> = {
  Deployment: 'deployment',
  ReplicaSet: 'replicaset',
  StatefulSet: 'statefulset',
  DaemonSet: 'daemonset',
  CronJob: 'cronjob',
  Job: 'job_name',
};

/** Labels that say what a pod is, those that Kubernetes recommends before older ones. */
const APP = ['app.kubernetes.io/name', 'app', 'k8s-app'] as const;
const INSTANCE = ['app.kubernetes.io/instance', 'instance'] as const;
const COMPONENT = ['app.kubernetes.io/component', 'component'] as const;
export const NAMING_LABELS: readonly string[] = [...APP, ...INSTANCE, ...COMPONENT];

/** What the path of a log says by itself: the container's name stands for the application's. */
export function pathFields({ namespace, pod, container }: Source, channel: Channel): FieldValues {
  return {
    namespace,
    pod,
    container,
    stream: CHANNEL_NAMES[channel],
    app: container,
    job: `${namespace}/${container}`,
    service_name: container,
    service_instance_id: `${namespace}.${pod}.${container}`,
  };
}

/** What its pod adds to that, with the names that Kubernetes recommends first (Promtail's chart goes in this order). */
export function podFields(pod: Pod, { namespace, container }: Source, names: ServiceNames): FieldValues {
  const { labels } = pod;
  const workload = workloadOf(pod);
  const first = (names: readonly string[]): string => names.map((name) => labels[name] ?? '').find((value) => value !== '') ?? '';
  const app = first(APP) || workload?.name || pod.name;
  const instance = first(INSTANCE);
  const component = first(COMPONENT);
  const serviceName = serviceNameOf(pod, names) ?? (labels['app.kubernetes.io/name'] || workload?.name || container);
  return {
    app,
    job: jobNameOf(pod, names) ?? `${namespace}/${app}`,
    service_name: serviceName,
    ...(instance ? { instance } : {}),
    ...(component ? { component } : {}),
    ...(workload === null ? {} : workloadFields(workload)),
  };
}

function workloadFields({ kind, name }: Owner): FieldValues {
  const field = WORKLOAD_FIELDS[kind];
  return { workload: name, ...(field === undefined ? {} : { [field]: name }) };
}
