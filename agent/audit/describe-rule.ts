import type { GroupResources, Level, Rule } from './policy.ts';

/** What is recorded at each level (apiserver: pkg/apis/audit/v1/types.go, v1.37). */
export const RECORDED: Readonly<Record<Level, string>> = {
  None: 'nothing',
  Metadata: 'who, what, when and the outcome',
  Request: 'who, what, when, the outcome, and what the client sends',
  RequestResponse: 'who, what, when, the outcome, what the client sends and what it is answered',
};

/** What a rule matches, in one line: `watch by user system:kube-proxy`. */
export function describeRule(rule: Rule): string {
  const { users, userGroups, verbs, namespaces } = rule;
  const parts = [
    verbs.length === 0 ? 'every request' : anyOf(verbs),
    describeTargets(rule),
    namespaces.length === 0 ? '' : `in ${anyOf(namespaces.map((name) => (name === '' ? 'no namespace' : `namespace ${name}`)))}`,
    users.length === 0 ? '' : `by user ${anyOf(users)}`,
    userGroups.length === 0 ? '' : `by members of ${anyOf(userGroups)}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function describeTargets({ resources, namespaces, nonResourceURLs }: Rule): string {
  if (nonResourceURLs.length > 0) return `to ${anyOf(nonResourceURLs)}`;
  if (resources.length > 0) return `for ${anyOf(resources.map(describeResources))}`;
  return namespaces.length > 0 ? 'for resources' : '';
}

/** `pods, pods/log`, `deployments of apps named web`. */
export function describeResources({ group, resources, resourceNames }: GroupResources): string {
  const what = resources.length === 0 || resources.includes('*') ? 'all resources' : resources.join(', ');
  const where = group === '' ? (what === 'all resources' ? ' of the core group' : '') : group === '*' ? ' of any group' : ` of ${group}`;
  return `${what}${where}${resourceNames.length === 0 ? '' : ` named ${anyOf(resourceNames)}`}`;
}

function anyOf(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
