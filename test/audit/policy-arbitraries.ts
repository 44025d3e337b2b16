import * as fc from 'fast-check';
import { ANONYMOUS, type ApiRequest, AUTHENTICATED, givenGroups, UNAUTHENTICATED } from '../../agent/audit/api-request.ts';
import { type GroupResources, LEVELS, type Policy, type Rule } from '../../agent/audit/policy.ts';

const SERVICE_ACCOUNT = 'system:serviceaccount:kube-system:collector';
const KINDS = [
  ['', 'secrets', ''],
  ['', 'configmaps', ''],
  ['', 'pods', ''],
  ['', 'pods', 'log'],
  ['', 'serviceaccounts', ''],
  ['', 'serviceaccounts', 'token'],
  ['authentication.k8s.io', 'tokenreviews', ''],
  ['apps', 'deployments', 'scale'],
  ['apps', 'pods', ''],
  ['example.org', 'gadgets', ''],
] as const;

/** None three times in four, else one or two of `values`: conditions that are open or narrow. */
function few<T>(values: readonly T[]): fc.Arbitrary<T[]> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<T[]>([]) },
    { weight: 2, arbitrary: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }) },
  );
}

const groupResources: fc.Arbitrary<GroupResources> = fc
  .record({
    group: fc.constantFrom('', '', '*', 'apps', 'authentication.k8s.io'),
    resources: few(['*', 'secrets', 'configmaps', 'pods', 'pods/*', 'pods/log', '*/scale', '*/token', 'serviceaccounts/*', 'tokenreviews']),
    resourceNames: few(['web-0', 'web-1']),
  })
  .map((entry) => (entry.resources.length === 0 ? { ...entry, resourceNames: [] } : entry));

const rule: fc.Arbitrary<Rule> = fc
  .record({
    level: fc.constantFrom(...LEVELS),
    users: few(['alice', 'system:kube-proxy', SERVICE_ACCOUNT, ANONYMOUS]),
    userGroups: few([AUTHENTICATED, UNAUTHENTICATED, 'system:serviceaccounts', 'ops']),
    verbs: few(['get', 'list', 'watch', 'create', 'update', 'delete', 'deletecollection', 'post']),
    resources: few<GroupResources | null>([null]).chain((some) => fc.array(groupResources, { maxLength: some.length * 3 })),
    namespaces: few(['', 'kube-system', 'shop']),
    nonResourceURLs: few(['/healthz*', '/healthz', '/version', '/apis*', '*']),
    omitStages: fc.constant([]),
    omitManagedFields: fc.constant(null),
  })
  .map((whole) => (whole.resources.length + whole.namespaces.length > 0 ? { ...whole, nonResourceURLs: [] } : whole));

/** A rule that has one condition at most. */
const plainRule: fc.Arbitrary<Rule> = fc
  .tuple(rule, fc.constantFrom('users', 'userGroups', 'verbs', 'resources', 'namespaces', 'nonResourceURLs'))
  .map(([whole, field]) => {
    const open = { users: [], userGroups: [], verbs: [], resources: [], namespaces: [], nonResourceURLs: [] };
    return { ...whole, ...open, [field]: whole[field] };
  });

/** Policies that the API server takes, of few names, so that their rules often meet. */
export const policies: fc.Arbitrary<Policy> = fc.record({
  rules: fc.array(fc.oneof(rule, plainRule), { minLength: 1, maxLength: 6 }),
  omitStages: fc.constant([]),
  omitManagedFields: fc.constant(false),
});

const subject: fc.Arbitrary<Pick<ApiRequest, 'user' | 'groups'>> = fc
  .tuple(
    fc.constantFrom('alice', 'bob', 'system:kube-proxy', SERVICE_ACCOUNT, ANONYMOUS, null),
    fc.constantFrom(AUTHENTICATED, UNAUTHENTICATED),
    few(['ops', 'system:serviceaccounts', 'dev']),
  )
  .map(([user, all, further]) => ({ user, groups: user === null ? [] : [...new Set([...further, ...givenGroups(user), all])] }));

function resourceRequest(
  verbs: readonly string[],
  { names, isPart }: { names: readonly string[]; isPart: boolean },
): fc.Arbitrary<ApiRequest> {
  const kinds = KINDS.filter(([, , subresource]) => (subresource !== '') === isPart);
  return fc
    .record({
      subject,
      verb: fc.constantFrom(...verbs),
      kind: fc.constantFrom(...kinds),
      namespace: fc.constantFrom('', 'kube-system', 'shop', 'bank'),
      name: fc.constantFrom(...names),
    })
    .map(({ subject, verb, kind: [group, resource, subresource], namespace, name }) => ({
      ...subject,
      verb,
      target: { kind: 'resource', group, resource, subresource, namespace, name },
    }));
}

const NAMES = ['web-0', 'web-1', 'web-2'];

/** Requests that clients can make. */
export const requests: fc.Arbitrary<ApiRequest> = fc.oneof(
  resourceRequest(['create', 'deletecollection'], { names: [''], isPart: false }),
  resourceRequest(['get', 'update', 'patch', 'delete'], { names: NAMES, isPart: false }),
  resourceRequest(['list', 'watch'], { names: ['', ...NAMES], isPart: false }),
  resourceRequest(['get', 'create', 'update', 'patch', 'delete'], { names: NAMES, isPart: true }),
  fc
    .record({
      subject,
      verb: fc.constantFrom('get', 'post', 'delete', 'head'),
      path: fc.constantFrom('/healthz', '/healthz/etcd', '/version', '/apis', '/apis/apps', '/metrics'),
    })
    .map(({ subject, verb, path }): ApiRequest => ({ ...subject, verb, target: { kind: 'path', path } })),
);
