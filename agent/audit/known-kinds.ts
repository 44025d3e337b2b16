import type { Kind } from './first-match.ts';

/** Resources of the core group: it is closed, so that no other name in it will ever match. */
export const CORE_RESOURCES: readonly string[] = [
  'pods',
  'services',
  'nodes',
  'namespaces',
  'events',
  'endpoints',
  'configmaps',
  'secrets',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
  'limitranges',
  'podtemplates',
  'componentstatuses',
  'bindings',
];

/** Groups of resources that are often looked for in a wrong one. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  apps: ['deployments', 'daemonsets', 'statefulsets', 'replicasets', 'controllerrevisions'],
  batch: ['jobs', 'cronjobs'],
  autoscaling: ['horizontalpodautoscalers'],
  policy: ['poddisruptionbudgets'],
  'networking.k8s.io': ['ingresses', 'ingressclasses', 'networkpolicies'],
  'rbac.authorization.k8s.io': ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
  'coordination.k8s.io': ['leases'],
  'discovery.k8s.io': ['endpointslices'],
  'storage.k8s.io': ['storageclasses', 'volumeattachments', 'csidrivers', 'csinodes'],
  'scheduling.k8s.io': ['priorityclasses'],
  'certificates.k8s.io': ['certificatesigningrequests'],
  'apiextensions.k8s.io': ['customresourcedefinitions'],
  'apiregistration.k8s.io': ['apiservices'],
  'authentication.k8s.io': ['tokenreviews', 'selfsubjectreviews'],
  'authorization.k8s.io': ['subjectaccessreviews', 'selfsubjectaccessreviews', 'localsubjectaccessreviews', 'selfsubjectrulesreviews'],
  'admissionregistration.k8s.io': ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
};

/** Kinds that every cluster has, those that examples are best made of first. */
export const KNOWN_KINDS: readonly Kind[] = [
  ...Object.entries(GROUPS).flatMap(([group, resources]) => resources.map((resource) => ({ group, resource, subresource: '' }))),
  ...CORE_RESOURCES.map((resource) => ({ group: '', resource, subresource: '' })),
  { group: 'apps', resource: 'deployments', subresource: 'scale' },
  { group: '', resource: 'pods', subresource: 'log' },
  { group: '', resource: 'pods', subresource: 'exec' },
];

/** The group that a well-known resource is in, which is not the core group; null: it is not known here. */
export function groupOfResource(resource: string): string | null {
  return Object.entries(GROUPS).find(([, resources]) => resources.includes(resource))?.[0] ?? null;
}
