import type { ApiRequest } from './api-request.ts';
import { conditionsOf } from './condition.ts';
import { type Found, findRequest } from './find-request.ts';
import type { Policy } from './policy.ts';
import { overlaps, within } from './region.ts';
import { everyRequest, type RequestSpace } from './request-space.ts';

/** Whether a rule decides about anything. */
export type Reach =
  | { readonly kind: 'reached'; readonly request: ApiRequest }
  /** No request meets its conditions. */
  | { readonly kind: 'nothing' }
  /** All that do are taken by these earlier rules: by one of them, where there is such a one. */
  | { readonly kind: 'shadowed'; readonly by: readonly number[] }
  | { readonly kind: 'undecided' };

export function reachOf({ rules }: Policy, index: number, space: RequestSpace): Reach {
  const regions = everyRequest(space);
  const conditions = conditionsOf(rules[index]!);
  const alternatives = rules.slice(0, index).map(conditionsOf);
  const found = findRequest(regions, conditions, alternatives.flat());
  if (found.kind !== 'none') return found.kind === 'request' ? { kind: 'reached', request: found.request } : found;
  const starts = regions.flatMap((region) => conditions.flatMap((condition) => within(region, condition) ?? []));
  const involved = [...alternatives.keys()].filter((earlier) =>
    starts.some((start) => alternatives[earlier]!.some((condition) => overlaps(start, condition))),
  );
  if (involved.length === 0) return { kind: 'nothing' };
  const alone = involved.find((earlier) => findRequest(regions, conditions, alternatives[earlier]!).kind === 'none');
  return { kind: 'shadowed', by: alone === undefined ? involved : [alone] };
}

/** Looks for a request that no rule matches. */
export function findUnmatched({ rules }: Policy, space: RequestSpace): Found {
  return findRequest(everyRequest(space), null, rules.flatMap(conditionsOf));
}
