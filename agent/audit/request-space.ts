import { ANONYMOUS } from './api-request.ts';
import { conditionsOf } from './condition.ts';
import { isDnsLabel } from './dns-name.ts';
import type { Kind } from './first-match.ts';
import { KNOWN_KINDS } from './known-kinds.ts';
import type { Policy } from './policy.ts';
import type { Region } from './region.ts';

/** Verbs of requests for resources (apiserver: pkg/endpoints/request/requestinfo.go), by whether the request names one. */
const NAMED_VERBS = ['update', 'patch', 'get', 'delete', 'proxy'];
const UNNAMED_VERBS = ['create', 'deletecollection'];
/** A field selector may name one. */
const SELECTING_VERBS = ['list', 'watch'];
const SUBRESOURCE_VERBS = ['create', ...NAMED_VERBS];
export const RESOURCE_VERBS: readonly string[] = ['create', ...NAMED_VERBS, ...SELECTING_VERBS, 'deletecollection'];
/** Verbs of other requests: methods of HTTP in lower case. */
export const PATH_VERBS: readonly string[] = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'connect', 'trace'];

/** Names for what the policy does not mention. */
const OTHERS = {
  user: 'alice',
  resource: 'widgets',
  group: 'example.com',
  subresource: 'status',
  namespace: 'shop',
  name: 'web-0',
} as const;

/** Values of each attribute: enough of them that each set of rules that some request matches is matched by one of theirs. */
export interface RequestSpace {
  readonly users: readonly (string | null)[];
  readonly kinds: readonly Kind[];
  readonly namespaces: readonly string[];
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

/** What a policy tells apart. */
export function requestSpace({ rules }: Policy): RequestSpace {
  const resources = rules.flatMap((rule) => rule.resources);
  const users = valuesOf(rules.flatMap((rule) => rule.users));
  const namespaces = valuesOf(rules.flatMap((rule) => rule.namespaces)).filter(isDnsLabel);
  const names = valuesOf(resources.flatMap(({ resourceNames }) => resourceNames));
  return {
    users: [unusedName(OTHERS.user, users), ...users.filter((user) => user !== ANONYMOUS), ANONYMOUS, null],
    kinds: kindsOf(rules),
    namespaces: [unusedName(OTHERS.namespace, namespaces), ...namespaces, ''],
    names: [unusedName(OTHERS.name, names), ...names, ''],
    paths: pathsOf(rules.flatMap((rule) => rule.nonResourceURLs)),
  };
}

/** All requests of the space, in regions: what a verb says about the name of its object makes several of them. */
export function everyRequest(space: RequestSpace): Region[] {
  const subjects = { users: space.users, within: null, outside: new Set<string>() };
  const { namespaces } = space;
  const named = space.names.filter((name) => name !== '');
  const whole = space.kinds.filter(({ subresource }) => subresource === '');
  const parts = space.kinds.filter(({ subresource }) => subresource !== '');
  const resources = { ...subjects, type: 'resource', kinds: whole, namespaces } as const;
  return [
    { ...resources, verbs: UNNAMED_VERBS, names: [''] },
    { ...resources, verbs: NAMED_VERBS, names: named },
    { ...resources, verbs: SELECTING_VERBS, names: ['', ...named] },
    { ...resources, verbs: SUBRESOURCE_VERBS, names: named, kinds: parts },
    { ...subjects, type: 'path', verbs: PATH_VERBS, paths: space.paths },
  ];
}

function valuesOf(written: readonly string[]): string[] {
  return [...new Set(written)].filter((value) => value !== '' && !value.includes('*'));
}

function unusedName(base: string, taken: readonly string[]): string {
  let name: string = base;
  for (let count = 2; taken.includes(name); count++) name = `${base}-${count}`;
  return name;
}

/** One kind for each set of conditions that kinds can meet, and for each of those one with and one without a subresource. */
function kindsOf(rules: Policy['rules']): Kind[] {
  const conditions = rules.flatMap(conditionsOf);
  const bySignature = new Map<string, Kind>();
  for (const kind of [...KNOWN_KINDS, ...mentionedKinds(rules)]) {
    const signature = `${kind.subresource === ''}${conditions.map((condition) => Number(condition.kind(kind))).join('')}`;
    if (!bySignature.has(signature)) bySignature.set(signature, kind);
  }
  return [...bySignature.values()];
}

/** All combinations of what rules name, and of what they do not. */
function* mentionedKinds(rules: Policy['rules']): Generator<Kind> {
  const written = rules.flatMap((rule) => rule.resources);
  const patterns = written.flatMap(({ resources }) => resources.map((pattern) => pattern.split('/')));
  const groups = valuesOf(written.map(({ group }) => group));
  const resources = valuesOf(patterns.map(([resource = '']) => resource));
  const subresources = valuesOf(patterns.map(([, subresource = '']) => subresource));
  for (const group of ['', ...groups, unusedName(OTHERS.group, groups)]) {
    for (const resource of [...resources, unusedName(OTHERS.resource, resources)]) {
      for (const subresource of ['', ...subresources, unusedName(OTHERS.subresource, subresources)]) {
        yield { group, resource, subresource };
      }
    }
  }
}

/** For each pattern a path that it alone makes a difference for, and one that matches none. */
function pathsOf(patterns: readonly string[]): string[] {
  const stems = [...new Set(patterns.map((pattern) => pattern.replace(/\*+$/, '')))];
  const further = unusedCharacter(patterns.join(''));
  const paths = ['/version', ...stems.flatMap((stem) => [stem, `${stem}${further}`]), `/${further}`];
  return [...new Set(paths)].filter((path) => path.startsWith('/') && !isResourcePath(path));
}

/** With it at its end, a path matches no pattern that goes on beyond. */
function unusedCharacter(text: string): string {
  let code = 'x'.charCodeAt(0);
  while (text.includes(String.fromCharCode(code))) code++;
  return String.fromCharCode(code);
}

/** Whether the API server takes a request to `path` for one to a resource: `/api/v1/pods`, `/apis/apps/v1/deployments`. */
export function isResourcePath(path: string): boolean {
  const [prefix, ...parts] = path.split('/').filter((part) => part !== '');
  return (prefix === 'api' && parts.length >= 2) || (prefix === 'apis' && parts.length >= 3);
}
