import { expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { OUTPUTS, problemsOf } from './problems-of.ts';

test('rules that say which logs are collected', () => {
  const text = `${OUTPUTS}
containers:
  include: [{namespace: shop-*}]
  exclude: [{container: istio-proxy, pod_labels: {tier: "*"}}]
`;
  const loaded = parseConfig('f.yaml', text, { env: {}, hostname: 'host-1' });
  expect(loaded.ok && loaded.config.containers).toMatchObject({
    include: [{ namespace: 'shop-*' }],
    exclude: [{ container: 'istio-proxy', pod_labels: { tier: '*' } }],
  });
});

test('every problem of them is named, with its place', () => {
  const text = `${OUTPUTS}
kubernetes: {enabled: false}
containers:
  include: [{}]
  exclude: [{namespaces: shop}, {pod_labels: {}}, {container: ""}]
`;
  expect(problemsOf(text)).toEqual([
    'f.yaml:4:13 containers.include[0]: matches every log, write namespace, pod, container, pod_labels or namespace_labels',
    'f.yaml:5:14 containers.exclude[0].namespaces: unknown key, did you mean namespace?',
    'f.yaml:5:46 containers.exclude[1].pod_labels: no label, write name: value, or remove the key',
    'f.yaml:5:63 containers.exclude[2].container: empty text, write at least one character',
  ]);
});

test('labels of pods are a problem where no pod is asked for', () => {
  const text = `${OUTPUTS}
kubernetes: {enabled: false}
containers:
  exclude: [{namespace: a}, {pod_labels: {app: x}}]
labels: {from_pod_labels: {team: team}}
`;
  expect(problemsOf(text)).toEqual([
    'f.yaml:4:42 containers.exclude[1].pod_labels: labels are not known with kubernetes.enabled: false, remove the key',
    'f.yaml:5:27 labels.from_pod_labels: nothing is known of pods with kubernetes.enabled: false, remove the key',
  ]);
});
