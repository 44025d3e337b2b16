import type { FakePod } from './fake-api-server.ts';

const FIELDS_OF_CONTAINER = ['env', 'image', 'imagePullPolicy', 'livenessProbe', 'name', 'ports', 'readinessProbe', 'resources'];
const CONDITIONS = ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'PodScheduled', 'Ready'];

/**
 * A pod whose metadata alone is 15 KB of JSON: labels of a Helm chart, the annotations of a CNI plugin and of a mesh, and managedFields of four
 * managers that know four containers with ten variables each.
 */
export function largePod(pod: FakePod, revision: number): FakePod {
  const name = 'app.kubernetes.io/';
  return {
    ...pod,
    labels: {
      [`${name}name`]: pod.name.slice(0, 20),
      [`${name}instance`]: 'prod',
      [`${name}version`]: '4.2.0',
      'pod-template-hash': '7d9c5b8f6d',
    },
    annotations: {
      'k8s.v1.cni.cncf.io/network-status': JSON.stringify([
        { name: 'cbr0', interface: 'eth0', ips: ['10.244.3.17'], default: true, dns: {} },
      ]),
      'sidecar.example.test/status': JSON.stringify({ containers: ['proxy'], volumes: CONDITIONS, revision, template: 'x'.repeat(1000) }),
    },
    managedFields: ['helm', 'kube-controller-manager', 'kubelet', 'mesh'].map(managedBy),
  };
}

function managedBy(manager: string): object {
  const containers = Object.fromEntries(Array.from({ length: 4 }, (_, n) => [`k:{"name":"container-${n}"}`, containerFields(n)]));
  const conditions = Object.fromEntries(
    CONDITIONS.map((type) => [`k:{"type":"${type}"}`, { '.': {}, 'f:lastProbeTime': {}, 'f:status': {} }]),
  );
  const fieldsV1 = { 'f:spec': { 'f:containers': containers }, 'f:status': { 'f:conditions': conditions } };
  return { apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1, manager, operation: 'Update', time: '2026-05-01T12:00:00Z' };
}

function containerFields(container: number): object {
  const variables = Array.from({ length: 10 }, (_, n) => [`k:{"name":"VARIABLE_${container}_${n}"}`, { '.': {}, 'f:value': {} }]);
  const fields = FIELDS_OF_CONTAINER.map((field) => [`f:${field}`, field === 'env' ? Object.fromEntries(variables) : {}]);
  return { '.': {}, ...(Object.fromEntries(fields) as object) };
}
