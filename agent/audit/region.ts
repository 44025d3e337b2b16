import { ANONYMOUS, type ApiRequest, AUTHENTICATED, givenGroups, UNAUTHENTICATED } from './api-request.ts';
import type { Condition } from './condition.ts';
import type { Kind } from './first-match.ts';

/**
 * Requests whose attributes are chosen independently: every user with every verb, and so on. Values stand for all that no rule of the
 * policy tells apart from them, so that a few are enough.
 */
export type Region = ResourceRegion | PathRegion;

interface Subjects {
  /** Null: nobody. */
  readonly users: readonly (string | null)[];
  /** The user is in one of these at least; null: it does not matter. */
  readonly within: readonly string[] | null;
  /** The user is in none of these. */
  readonly outside: ReadonlySet<string>;
  readonly verbs: readonly string[];
}

export interface ResourceRegion extends Subjects {
  readonly type: 'resource';
  readonly kinds: readonly Kind[];
  readonly namespaces: readonly string[];
  readonly names: readonly string[];
}

interface PathRegion extends Subjects {
  readonly type: 'path';
  readonly paths: readonly string[];
}

/** A part of a region, split by one part of a condition: where it holds, and where it does not. Null where nothing is left. */
interface Split {
  readonly inside: Region | null;
  readonly outside: Region | null;
}

/** The part of `region`, which demands no group yet, where `condition` holds; null: nowhere. */
export function within(region: Region, condition: Condition): Region | null {
  let left: Region | null = region;
  for (const split of SPLITS) {
    if (left === null) return null;
    left = split(left, condition).inside;
  }
  if (left === null || condition.userGroups.length === 0) return left;
  return satisfiable({ ...left, within: condition.userGroups });
}

/** `region` without what `condition` holds for, in parts. Those whose condition on groups fails are the last. */
export function* without(region: Region, condition: Condition): Generator<Region> {
  let left: Region = region;
  for (const split of SPLITS) {
    const { inside, outside } = split(left, condition);
    if (outside !== null) yield outside;
    if (inside === null) return;
    left = inside;
  }
  if (condition.userGroups.length === 0) return;
  const apart = satisfiable({ ...left, outside: new Set([...left.outside, ...condition.userGroups]) });
  if (apart !== null) yield apart;
}

/** Whether the condition holds for any request of the region. */
export function overlaps(region: Region, condition: Condition): boolean {
  let left: Region | null = region;
  for (const split of SPLITS) {
    left = split(left, condition).inside;
    if (left === null) return false;
  }
  if (condition.userGroups.length === 0) return true;
  return left.users.some((user) => user !== null && groupsOf(user, { ...left, within: null }, condition.userGroups) !== null);
}

/** Any request of the region; the first of all that it may have. */
export function requestOf(region: Region): ApiRequest {
  const user = region.users[0]!;
  const groups = user === null ? [] : groupsOf(user, region, region.within)!;
  const verb = region.verbs[0]!;
  if (region.type === 'path') return { user, groups, verb, target: { kind: 'path', path: region.paths[0]! } };
  const { kinds, namespaces, names } = region;
  return { user, groups, verb, target: { kind: 'resource', ...kinds[0]!, namespace: namespaces[0]!, name: names[0]! } };
}

/** The region with those users alone that can be in such groups; null when there are none. */
function satisfiable<T extends Region>(region: T): T | null {
  const users = region.users.filter((user) => (user === null ? region.within === null : groupsOf(user, region, region.within) !== null));
  return users.length === 0 ? null : { ...region, users };
}

/**
 * Groups that a user of the region may be in, one of `needed` among them; null: there are none. Whoever is authenticated is in one of
 * two groups besides those that the API server gives (apiserver: pkg/authentication/group).
 */
function groupsOf(user: string, { outside }: Region, needed: readonly string[] | null): string[] | null {
  const given = givenGroups(user);
  if (given.some((group) => outside.has(group))) return null;
  const order = user === ANONYMOUS ? [UNAUTHENTICATED, AUTHENTICATED] : [AUTHENTICATED, UNAUTHENTICATED];
  const allowed = order.filter((group) => !outside.has(group));
  const all = allowed.find((group) => needed?.includes(group)) ?? allowed[0];
  if (all === undefined) return null;
  const groups = [...given, all];
  if (needed === null || needed.some((group) => groups.includes(group))) return groups;
  const further = needed.find((group) => !outside.has(group));
  return further === undefined ? null : [further, ...groups];
}

type Splitter = (region: Region, condition: Condition) => Split;

const SPLITS: readonly Splitter[] = [
  (region, { kind, path }) =>
    region.type === 'resource'
      ? split(region.kinds, kind, (kinds) => ({ ...region, kinds }))
      : split(region.paths, path, (paths) => ({ ...region, paths })),
  (region, { verb }) => split(region.verbs, verb, (verbs) => ({ ...region, verbs })),
  (region, { user }) => {
    const { inside, outside } = split(region.users, user, (users) => ({ ...region, users }));
    return { inside: inside && satisfiable(inside), outside: outside && satisfiable(outside) };
  },
  (region, { namespace }) =>
    region.type === 'path' ? whole(region) : split(region.namespaces, namespace, (namespaces) => ({ ...region, namespaces })),
  (region, { name }) => (region.type === 'path' ? whole(region) : split(region.names, name, (names) => ({ ...region, names }))),
];

function whole(region: Region): Split {
  return { inside: region, outside: null };
}

function split<T>(values: readonly T[], holds: (value: T) => boolean, build: (values: readonly T[]) => Region): Split {
  const inside = values.filter(holds);
  if (inside.length === values.length) return { inside: build(inside), outside: null };
  return { inside: inside.length === 0 ? null : build(inside), outside: build(values.filter((value) => !holds(value))) };
}
