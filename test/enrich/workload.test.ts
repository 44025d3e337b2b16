import { expect, test } from 'vitest';
import { workloadOf } from '../../agent/enrich/workload.ts';
import { podLike } from './some-pods.ts';

test.each([
  ['the Deployment above a ReplicaSet', { kind: 'ReplicaSet', name: 'cart-7d4b9c' }, { kind: 'Deployment', name: 'cart' }],
  ['a ReplicaSet of nobody', { kind: 'ReplicaSet', name: 'cart-other' }, { kind: 'ReplicaSet', name: 'cart-other' }],
  ['a StatefulSet', { kind: 'StatefulSet', name: 'db-12345678' }, { kind: 'StatefulSet', name: 'db-12345678' }],
  ['the CronJob above a Job', { kind: 'Job', name: 'report-29384410' }, { kind: 'CronJob', name: 'report' }],
  ['a Job of nobody', { kind: 'Job', name: 'migrate-2' }, { kind: 'Job', name: 'migrate-2' }],
  ['an owner of a kind of its own', { kind: 'Rollout', name: 'x' }, { kind: 'Rollout', name: 'x' }],
])('%s', (_, controller, workload) => {
  expect(workloadOf(podLike({ controller }))).toStrictEqual(workload);
});

test('a static pod is not its node', () => {
  const pod = podLike({ name: 'etcd-node-1', controller: { kind: 'Node', name: 'node-1' }, labels: {} });
  expect(workloadOf(pod)).toStrictEqual({ kind: 'Pod', name: 'etcd' });
});

test('a pod that nothing manages has none, however its name looks', () => {
  expect(workloadOf(podLike({ name: 'cart-7d4b9c-x2x4p', controller: null }))).toBeNull();
});
