import { sourceOfId } from '../../agent/discover/log-path.ts';
import type { Pod } from '../../agent/model/pod.ts';
import type { Source } from '../../agent/model/source.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** A container that runs on a node; a third of them print on stderr too. */
export interface SyntheticContainer {
  readonly node: number;
  readonly pod: Pod;
  readonly source: Source;
  readonly usesStderr: boolean;
}

interface Workload {
  readonly namespace: string;
  readonly name: string;
  readonly kind: 'DaemonSet' | 'Deployment' | 'StatefulSet' | 'CronJob';
  readonly containers: readonly string[];
}

/** On every node, 9 containers. */
const DAEMON_SETS: readonly Workload[] = (
  [
    ['kube-proxy', ['kube-proxy']],
    ['cilium', ['cilium-agent', 'mount-cgroup']],
    ['node-exporter', ['node-exporter']],
    ['csi-node', ['driver', 'registrar', 'liveness-probe']],
    ['node-local-dns', ['node-cache']],
    ['logferry', ['logferry']],
  ] as const
).map(([name, containers]) => ({ namespace: 'kube-system', name, kind: 'DaemonSet', containers }));

/** With a sidecar each 20 containers, and so two workloads a node: five pods of each in the mean, more of a few, one of most. */
const PODS_PER_NODE = 10;
const WORKLOADS_PER_NODE = 2;
/** Letters that Kubernetes ends generated names with (apimachinery pkg/util/rand/rand.go). */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The containers of a cluster with names as Kubernetes makes them; another `generation` is the same cluster after each workload was rolled out:
 * other template hashes, pod names, uids and nodes.
 */
export function* syntheticCluster(nodes: number, generation: number): Generator<SyntheticContainer> {
  const clock = new FakeClock({ seed: 1 + generation });
  const random = (): number => clock.random();
  for (let node = 0; node < nodes; node += 1) {
    for (const workload of DAEMON_SETS) yield* containersOf(workload, node, random);
    for (let n = 0; n < PODS_PER_NODE; n += 1) yield* containersOf(application(nodes * WORKLOADS_PER_NODE, random), node, random);
  }
}

/** Low numbers come up more often: the square of a uniform number. */
function application(workloads: number, random: () => number): Workload {
  const number = Math.floor(workloads * random() ** 2);
  const kind = number % 20 === 7 ? 'CronJob' : number % 10 === 3 ? 'StatefulSet' : 'Deployment';
  return { namespace: `team-${number % 50}`, name: `service-${number}`, kind, containers: ['app', 'istio-proxy'] };
}

function* containersOf(workload: Workload, node: number, random: () => number): Generator<SyntheticContainer> {
  const pod = podOf(workload, random);
  for (const [index, container] of workload.containers.entries()) {
    const source = sourceOfId(`${pod.namespace}_${pod.name}_${pod.uid}/${container}/0`);
    if (source === null) throw new Error(`no name of a pod: ${pod.name}`);
    yield { node, pod, source, usesStderr: (workload.name.length + index) % 3 === 0 };
  }
}

function podOf({ namespace, name, kind }: Workload, random: () => number): Pod {
  const letters = (count: number): string => Array.from({ length: count }, () => LETTERS[Math.floor(random() * LETTERS.length)]).join('');
  const hash = letters(10);
  const minute = 29_000_000 + Math.floor(random() * 1_000_000);
  const names = {
    DaemonSet: { owner: { kind, name }, pod: `${name}-${letters(5)}` },
    Deployment: { owner: { kind: 'ReplicaSet', name: `${name}-${hash}` }, pod: `${name}-${hash}-${letters(5)}` },
    StatefulSet: { owner: { kind, name }, pod: `${name}-${Math.floor(random() * 10)}` },
    CronJob: { owner: { kind: 'Job', name: `${name}-${minute}` }, pod: `${name}-${minute}-${letters(5)}` },
  }[kind];
  const labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/instance': 'prod',
    ...(kind === 'Deployment' ? { 'pod-template-hash': hash } : {}),
  };
  const uid = `${letters(8)}-${letters(4)}-4${letters(3)}-a${letters(3)}-${letters(12)}`;
  return { uid, namespace, name: names.pod, labels, annotations: {}, controller: names.owner, configHash: null };
}
