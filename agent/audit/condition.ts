import { type Kind, isForResources, kindMatches, nameMatches, pathMatches } from './first-match.ts';
import type { GroupResources, Rule } from './policy.ts';

/**
 * One of the alternatives of which a rule is made: it holds where all of its parts do. A rule has one for each entry of its `resources`,
 * and else one. Parts are independent of each other, which a rule with several entries is not.
 */
export interface Condition {
  readonly userGroups: readonly string[];
  readonly user: (user: string | null) => boolean;
  readonly verb: (verb: string) => boolean;
  readonly kind: (kind: Kind) => boolean;
  readonly namespace: (namespace: string) => boolean;
  readonly name: (name: string) => boolean;
  readonly path: (path: string) => boolean;
}

/** What a rule matches, as alternatives. */
export function conditionsOf(rule: Rule): Condition[] {
  if (rule.resources.length === 0) return [conditionOf(rule, null)];
  return rule.resources.map((resources) => conditionOf(rule, resources));
}

function conditionOf(rule: Rule, resources: GroupResources | null): Condition {
  const { users, verbs, userGroups, namespaces, nonResourceURLs } = rule;
  const takesPaths = !isForResources(rule);
  const takesResources = !takesPaths || nonResourceURLs.length === 0;
  return {
    userGroups,
    user: (user) => users.length === 0 || (user !== null && users.includes(user)),
    verb: (verb) => verbs.length === 0 || verbs.includes(verb),
    kind: (kind) => takesResources && (resources === null || kindMatches(resources, kind)),
    namespace: (namespace) => namespaces.length === 0 || namespaces.includes(namespace),
    name: (name) => resources === null || nameMatches(resources, name),
    path: (path) => takesPaths && (nonResourceURLs.length === 0 || nonResourceURLs.some((pattern) => pathMatches(pattern, path))),
  };
}
