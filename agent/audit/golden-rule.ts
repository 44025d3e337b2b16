import type { ApiRequest } from './api-request.ts';
import { conditionsOf } from './condition.ts';
import { findRequest } from './find-request.ts';
import type { Kind } from './first-match.ts';
import { isAtLeast, type Policy } from './policy.ts';
import type { Region, ResourceRegion } from './region.ts';
import type { RequestSpace } from './request-space.ts';

/** What holds credentials, where it is served, and how. */
interface Credential {
  /** What people call it. */
  readonly name: string;
  readonly kind: Kind;
  readonly served: 'stored' | 'created-on-object' | 'created-in-cluster';
}

const CREDENTIALS: readonly Credential[] = [
  { name: 'Secrets', kind: { group: '', resource: 'secrets', subresource: '' }, served: 'stored' },
  { name: 'ConfigMaps', kind: { group: '', resource: 'configmaps', subresource: '' }, served: 'stored' },
  { name: 'serviceaccounts/token', kind: { group: '', resource: 'serviceaccounts', subresource: 'token' }, served: 'created-on-object' },
  {
    name: 'TokenReviews',
    kind: { group: 'authentication.k8s.io', resource: 'tokenreviews', subresource: '' },
    served: 'created-in-cluster',
  },
];

/** A rule that records bodies of what holds credentials. */
export interface Leak {
  /** What it records, as people call it. */
  readonly names: readonly string[];
  readonly kinds: readonly Kind[];
  /** One that the rule decides about; the API server would write its body, or that of the answer, into the log. */
  readonly request: ApiRequest;
}

/** `undecided`: the search was given up without having found any. */
export type LeakSearch = { readonly kind: 'leak'; readonly leak: Leak } | { readonly kind: 'none' } | { readonly kind: 'undecided' };

/** Looks for requests for credentials that the rule at `index` records at Request or RequestResponse. */
export function findLeak({ rules }: Policy, index: number, space: RequestSpace): LeakSearch {
  const rule = rules[index]!;
  if (!isAtLeast(rule.level, 'Request')) return { kind: 'none' };
  const conditions = conditionsOf(rule);
  const earlier = rules.slice(0, index).flatMap(conditionsOf);
  const searches = CREDENTIALS.map((credential) => ({ credential, found: findRequest(regionsOf(credential, space), conditions, earlier) }));
  const leaks = searches.flatMap(({ credential, found }) => (found.kind === 'request' ? { credential, request: found.request } : []));
  const first = leaks.find(({ request }) => hasBody(request)) ?? leaks[0];
  if (first === undefined) return { kind: searches.some(({ found }) => found.kind === 'undecided') ? 'undecided' : 'none' };
  const [names, kinds] = [leaks.map(({ credential }) => credential.name), leaks.map(({ credential }) => credential.kind)];
  return { kind: 'leak', leak: { names, kinds, request: first.request } };
}

/** Whether a client sends an object with a request, and so what it holds. */
export function hasBody({ verb }: ApiRequest): boolean {
  return ['create', 'update', 'patch'].includes(verb);
}

/** The rule, as YAML, that keeps these credentials out of the log when it comes first. */
export function ruleBefore(kinds: readonly Kind[]): string {
  const groups = Map.groupBy(kinds, ({ group }) => group);
  const lines = [...groups].flatMap(([group, members]) => {
    const resources = members.map(({ resource, subresource }) =>
      JSON.stringify(subresource === '' ? resource : `${resource}/${subresource}`),
    );
    return [`  - group: ${JSON.stringify(group)}`, `    resources: [${resources.join(', ')}]`];
  });
  return ['- level: Metadata', '  resources:', ...lines, ''].join('\n');
}

/**
 * Requests that are served, those first whose own body holds the credential. Nobody is served who is not authenticated.
 */
function regionsOf({ kind, served }: Credential, space: RequestSpace): Region[] {
  const users = space.users.filter((user) => user !== null);
  const named = space.names.filter((name) => name !== '');
  const namespaces = space.namespaces.filter((namespace) => namespace !== '');
  const common: Omit<ResourceRegion, 'verbs' | 'names'> = {
    type: 'resource',
    users,
    within: null,
    outside: new Set(),
    kinds: [kind],
    namespaces,
  };
  if (served === 'created-on-object') return [{ ...common, verbs: ['create'], names: named }];
  if (served === 'created-in-cluster') return [{ ...common, verbs: ['create'], names: [''], namespaces: [''] }];
  return [
    { ...common, verbs: ['create'], names: [''] },
    { ...common, verbs: ['update', 'patch'], names: named },
    { ...common, verbs: ['get', 'delete'], names: named },
    { ...common, verbs: ['list', 'watch'], names: space.names.toReversed(), namespaces: space.namespaces },
    { ...common, verbs: ['deletecollection'], names: [''] },
  ];
}
