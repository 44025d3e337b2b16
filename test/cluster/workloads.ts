import type { Manifest } from './cluster.ts';

const IMAGE = 'localhost/emit:1';

/** What a container prints: `emit lines` of .ci/servers/kubelet/emit. */
interface Talk {
  /** Lines a second, and bytes of filler in each. */
  readonly rate: number;
  readonly pad: number;
  /** 0: until SIGTERM. */
  readonly count: number;
  readonly exitCode: number;
}

interface PodTemplate {
  readonly app: string;
  readonly talk: Talk;
  readonly init?: Talk;
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never';
}

export const ENDLESS: Talk = { rate: 20, pad: 20, count: 0, exitCode: 0 };
/** Lives for 300 ms. */
export const BRIEF: Talk = { rate: 100, pad: 50, count: 30, exitCode: 0 };
/** Enough for a rotation at every look of the kubelet. */
const FAST: Talk = { rate: 500, pad: 150, count: 0, exitCode: 0 };

function podSpec({ talk, init, restartPolicy }: PodTemplate): object {
  return {
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...(restartPolicy === undefined ? {} : { restartPolicy }),
    ...(init === undefined ? {} : { initContainers: [container('prepare', init)] }),
    containers: [container('app', talk)],
  };
}

function container(name: string, { rate, pad, count, exitCode }: Talk): object {
  return { name, image: IMAGE, imagePullPolicy: 'Never', args: ['lines', rate, pad, count, exitCode].map(String) };
}

function template(pod: PodTemplate): object {
  return { metadata: { labels: { app: pod.app } }, spec: podSpec(pod) };
}

export function deployment(pod: PodTemplate, replicas = 1): Manifest {
  const selector = { matchLabels: { app: pod.app } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: pod.app },
    spec: { replicas, selector, template: template(pod) },
  };
}

function statefulSet(pod: PodTemplate, replicas: number): Manifest {
  const selector = { matchLabels: { app: pod.app } };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: pod.app },
    spec: { replicas, serviceName: pod.app, selector, template: template(pod) },
  };
}

/** So many pods one after the other, so many of them at once. */
export function job(pod: PodTemplate, completions = 1, parallelism: number = completions): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: pod.app },
    spec: { completions, parallelism, backoffLimit: 0, template: template({ ...pod, restartPolicy: 'Never' }) },
  };
}

/** Under no controller. */
export function barePod(pod: PodTemplate): Manifest {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod.app, labels: { app: pod.app } }, spec: podSpec(pod) };
}

/** One of everything that runs containers in its own way. */
export const WORKLOADS: readonly Manifest[] = [
  deployment({ app: 'web', talk: FAST }, 2),
  deployment({ app: 'prepared', init: BRIEF, talk: ENDLESS }),
  deployment({ app: 'crashing', talk: { ...BRIEF, exitCode: 1 } }),
  statefulSet({ app: 'db', talk: ENDLESS }, 2),
  job({ app: 'once', talk: { rate: 500, pad: 100, count: 1000, exitCode: 0 } }),
  job({ app: 'brief', talk: BRIEF }, 10),
];

export const STATIC_POD: Manifest = barePod({ app: 'mirrored', talk: ENDLESS });
