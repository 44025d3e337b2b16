import type { ApiRequest, ResourceTarget } from './api-request.ts';
import type { GroupResources, Policy, Rule } from './policy.ts';

/** The first condition of a rule that a request does not meet. */
export type Mismatch = 'user' | 'group' | 'verb' | 'not-a-resource' | 'namespace' | 'resource' | 'name' | 'not-a-path' | 'path';

/**
 * The place in the policy of the rule that decides about a request, or null: then nothing is recorded. What the API server does
 * (apiserver: pkg/audit/policy/checker.go, v1.37), and so the specification of everything else here.
 */
export function firstMatch({ rules }: Pick<Policy, 'rules'>, request: ApiRequest): number | null {
  const found = rules.findIndex((rule) => mismatchOf(rule, request) === null);
  return found === -1 ? null : found;
}

/** Why a rule does not match a request; null: it does. All names are compared as they stand. */
export function mismatchOf(rule: Rule, { user, groups, verb, target }: ApiRequest): Mismatch | null {
  if (rule.users.length > 0 && (user === null || !rule.users.includes(user))) return 'user';
  if (rule.userGroups.length > 0 && (user === null || !groups.some((group) => rule.userGroups.includes(group)))) return 'group';
  if (rule.verbs.length > 0 && !rule.verbs.includes(verb)) return 'verb';
  if (isForResources(rule)) return target.kind === 'resource' ? resourceMismatch(rule, target) : 'not-a-resource';
  if (rule.nonResourceURLs.length === 0) return null;
  if (target.kind === 'resource') return 'not-a-path';
  return rule.nonResourceURLs.some((pattern) => pathMatches(pattern, target.path)) ? null : 'path';
}

/** Whether a rule has a condition that only requests for resources can meet. */
export function isForResources({ namespaces, resources }: Rule): boolean {
  return namespaces.length > 0 || resources.length > 0;
}

function resourceMismatch({ namespaces, resources }: Rule, target: ResourceTarget): Mismatch | null {
  if (namespaces.length > 0 && !namespaces.includes(target.namespace)) return 'namespace';
  if (resources.length === 0) return null;
  const candidates = resources.filter((candidate) => kindMatches(candidate, target));
  if (candidates.length === 0) return 'resource';
  return candidates.some((candidate) => nameMatches(candidate, target.name)) ? null : 'name';
}

/** What a kind of resource is known by. */
export type Kind = Pick<ResourceTarget, 'group' | 'resource' | 'subresource'>;

/** Whether `kind` is among the resources of one entry of `resources`, whatever its name. */
export function kindMatches({ group, resources }: GroupResources, kind: Kind): boolean {
  if (group !== kind.group && group !== '*') return false;
  return resources.length === 0 || resources.some((pattern) => resourceMatches(pattern, kind));
}

/** Whether one entry of `resources` leaves a name open, or names it. */
export function nameMatches({ resourceNames }: GroupResources, name: string): boolean {
  return resourceNames.length === 0 || resourceNames.includes(name);
}

/** `pods/*` matches `pods` as well: only the part before the slash is compared, contrary to the documentation of the field. */
function resourceMatches(pattern: string, { resource, subresource }: Kind): boolean {
  if (pattern === '*' || pattern === (subresource === '' ? resource : `${resource}/${subresource}`)) return true;
  if (subresource !== '' && pattern === `*/${subresource}`) return true;
  return pattern === `${resource}/*`;
}

export function pathMatches(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));
}
