/** What a policy is asked about: the attributes of a request to the API server (apiserver: authorizer.Attributes). */
export interface ApiRequest {
  /** As it was authenticated, before any impersonation; null: authentication failed. */
  readonly user: string | null;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly target: ResourceTarget | PathTarget;
}

export interface ResourceTarget {
  readonly kind: 'resource';
  /** Empty: the core group. */
  readonly group: string;
  readonly resource: string;
  /** Empty: the resource itself. */
  readonly subresource: string;
  /** Empty: none. */
  readonly namespace: string;
  /** Empty for create, and for list, watch and deletecollection unless a field selector names one. */
  readonly name: string;
}

interface PathTarget {
  readonly kind: 'path';
  readonly path: string;
}

export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
export const ANONYMOUS = 'system:anonymous';

/** Groups that the API server itself puts a user in: service accounts by their namespace, besides everyone in one of the first two. */
export function givenGroups(user: string): string[] {
  const [system, kind, namespace, name] = user.split(':');
  if (system !== 'system' || kind !== 'serviceaccount' || namespace === undefined || name === undefined) return [];
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

/** `deployments/scale.apps`, `pods`: the resource as kubectl spells it. */
export function resourceName({ group, resource, subresource }: Pick<ResourceTarget, 'group' | 'resource' | 'subresource'>): string {
  const qualified = group === '' ? resource : `${resource}.${group}`;
  return subresource === '' ? qualified : `${qualified}/${subresource}`;
}

/** The request in one line: `user alice (groups a, b): create pods in namespace shop`. */
export function describeRequest({ user, groups, verb, target }: ApiRequest): string {
  const who = user === null ? 'nobody (authentication failed)' : `user ${user}`;
  const membership = groups.length === 0 ? '' : ` (groups ${groups.join(', ')})`;
  return `${who}${membership}: ${verb} ${describeTarget(target)}`;
}

function describeTarget(target: ResourceTarget | PathTarget): string {
  if (target.kind === 'path') return target.path;
  const named = target.name === '' ? '' : ` ${target.name}`;
  return `${resourceName(target)}${named}${target.namespace === '' ? '' : ` in namespace ${target.namespace}`}`;
}
