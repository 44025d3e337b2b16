import { expect, test } from 'vitest';
import { objectsIn } from '../support/manifests.ts';

const COMPONENT = '../components/namespace-labels';

test('the component lets the agent get namespaces, and nothing else', () => {
  const [role, binding] = objectsIn(`${COMPONENT}/rbac.yaml`);
  expect(role).toMatchObject({ kind: 'ClusterRole', rules: [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get'] }] });
  expect(binding).toMatchObject({
    kind: 'ClusterRoleBinding',
    roleRef: { kind: 'ClusterRole', name: role?.metadata?.name },
    subjects: [{ kind: 'ServiceAccount', name: 'logferry', namespace: 'logferry' }],
  });
  expect(objectsIn(`${COMPONENT}/kustomization.yaml`)).toMatchObject([{ kind: 'Component', resources: ['rbac.yaml'] }]);
});
