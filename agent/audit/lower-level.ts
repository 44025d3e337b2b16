import type { ApiRequest } from './api-request.ts';
import { firstMatch } from './first-match.ts';
import { isAtLeast, omittedStages, type Policy, type RecordedLevel, type Stage } from './policy.ts';

/** Why an event does not leave the node. */
export type FilterReason = 'empty' | 'no-rule' | 'level-none' | 'stage';

/** What a policy leaves of an event. */
export type Lowered =
  | { readonly kind: 'filtered'; readonly reason: FilterReason }
  | { readonly kind: 'kept'; readonly level: RecordedLevel; readonly omitManagedFields: boolean };

/** Decides as the API server would, had it this policy; it cannot give back what was not recorded. */
export function lowerLevel(
  policy: Policy,
  request: ApiRequest,
  { level, stage }: { readonly level: RecordedLevel; readonly stage: Stage },
): Lowered {
  const index = firstMatch(policy, request);
  if (index === null) return { kind: 'filtered', reason: 'no-rule' };
  const rule = policy.rules[index]!;
  if (rule.level === 'None') return { kind: 'filtered', reason: 'level-none' };
  if (omittedStages(policy, rule).has(stage)) return { kind: 'filtered', reason: 'stage' };
  const omitManagedFields = rule.omitManagedFields ?? policy.omitManagedFields;
  return { kind: 'kept', level: isAtLeast(rule.level, level) ? level : rule.level, omitManagedFields };
}
