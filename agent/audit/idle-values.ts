import { nearestName } from '../config/nearest-name.ts';
import type { KeyPath } from '../config/problem.ts';
import { isDnsLabel } from './dns-name.ts';
import type { Check } from './finding.ts';
import { isForResources } from './first-match.ts';
import { CORE_RESOURCES, groupOfResource } from './known-kinds.ts';
import type { GroupResources, Rule } from './policy.ts';
import { isResourcePath, PATH_VERBS, RESOURCE_VERBS } from './request-space.ts';

/** A value of a rule that no request has, or that matches something else than it seems to. */
export interface IdleValue {
  /** From the rule on. */
  readonly path: KeyPath;
  readonly check: Extract<Check, 'meaningless-wildcard' | 'matches-nothing' | 'wider-than-documented'>;
  readonly message: string;
}

/** Looks at each value of a rule for itself. */
export function idleValues(rule: Rule): IdleValue[] {
  const named = (['users', 'userGroups', 'namespaces'] as const).flatMap((field) =>
    rule[field].flatMap((value, index) => asWritten(value, [field, index], `leave ${field} out to match all`)),
  );
  const namespaces = rule.namespaces.flatMap((name, index) =>
    name === '' || name.includes('*') || isDnsLabel(name) ? [] : nothing(['namespaces', index], `no namespace is called ${quoted(name)}`),
  );
  const resources = rule.resources.flatMap((entry, index) => idleResources(entry, ['resources', index]));
  const urls = rule.nonResourceURLs.flatMap((url, index) =>
    isResourcePath(url.replace(/\*+$/, ''))
      ? nothing(['nonResourceURLs', index], `${url} is the path of a resource, name it in resources`)
      : [],
  );
  return [...named, ...namespaces, ...idleVerbs(rule), ...resources, ...urls];
}

function idleVerbs(rule: Rule): IdleValue[] {
  const forResources = isForResources(rule);
  const forPaths = rule.nonResourceURLs.length > 0;
  const known = [...(forPaths ? [] : RESOURCE_VERBS), ...(forResources ? [] : PATH_VERBS)];
  return rule.verbs.flatMap((verb, index) => {
    const path = ['verbs', index];
    if (verb.includes('*')) return asWritten(verb, path, 'leave verbs out to match all');
    if (known.includes(verb)) return [];
    if (RESOURCE_VERBS.includes(verb)) return nothing(path, `${quoted(verb)} is a verb of requests for resources, remove it`);
    if (PATH_VERBS.includes(verb)) return nothing(path, `${quoted(verb)} is a verb of requests for other URLs, remove it`);
    const nearest = nearestName(verb, known);
    const hint = nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`;
    const kind = forPaths ? ' with nonResourceURLs' : forResources ? ' with resources' : '';
    return nothing(path, `no request${kind} has the verb ${quoted(verb)}, ${hint}`);
  });
}

function idleResources({ group, resources, resourceNames }: GroupResources, path: KeyPath): IdleValue[] {
  const names = resourceNames.flatMap((name, index) =>
    asWritten(name, [...path, 'resourceNames', index], 'leave resourceNames out to match all'),
  );
  if (group === 'core' || group === 'v1')
    return [...nothing([...path, 'group'], `there is no API group ${group}, write "" for the core group`), ...names];
  return [
    ...resources.flatMap((pattern, index) => idleResource(group, pattern, { path: [...path, 'resources', index], resources })),
    ...names,
  ];
}

function idleResource(group: string, pattern: string, { path, resources }: { path: KeyPath; resources: readonly string[] }): IdleValue[] {
  const [resource = '', subresource = '', ...rest] = pattern.split('/');
  if (pattern === '*') return [];
  const isWildcard = (resource === '*') !== (subresource === '*') && rest.length === 0;
  if (pattern.replace(isWildcard ? '*' : '', '').includes('*')) {
    return [
      {
        path,
        check: 'meaningless-wildcard',
        message: `${quoted(pattern)} matches nothing; a * is the whole of a part: *, pods/*, */scale`,
      },
    ];
  }
  if (!/^[a-z0-9*][-a-z0-9]*(?:\/[a-z0-9*][-a-z0-9]*)?$/.test(pattern)) {
    return nothing(path, `no resource is called ${quoted(pattern)}; write its plural in lower case, as in URLs`);
  }
  if (group === '' && resource !== '*' && !CORE_RESOURCES.includes(resource)) return nothing(path, notInCore(resource));
  if (subresource !== '*' || resources.includes(resource)) return [];
  const message = `${quoted(pattern)} matches ${resource} too, contrary to the documentation; name ${resource} beside it if that is meant, else its subresources`;
  return [{ path, check: 'wider-than-documented', message }];
}

function notInCore(resource: string): string {
  const group = groupOfResource(resource);
  if (group !== null) return `the core group has no ${resource}, they are in ${quoted(group)}`;
  const nearest = nearestName(resource, CORE_RESOURCES);
  return `the core group has no ${resource}, ${nearest === null ? 'name the group that it is in' : `did you mean ${nearest}?`}`;
}

/** Of names that are compared as they stand. */
function asWritten(value: string, path: KeyPath, instead: string): IdleValue[] {
  if (!value.includes('*')) return [];
  const repair = value === '*' ? instead : 'write whole names';
  return [
    { path, check: 'meaningless-wildcard', message: `${quoted(value)} is compared as it stands, the * matches nothing else; ${repair}` },
  ];
}

function nothing(path: KeyPath, message: string): IdleValue[] {
  return [{ path, check: 'matches-nothing', message }];
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
