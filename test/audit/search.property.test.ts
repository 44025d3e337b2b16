import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../../agent/audit/api-request.ts';
import { firstMatch } from '../../agent/audit/first-match.ts';
import { findLeak, ruleBefore } from '../../agent/audit/golden-rule.ts';
import { isAtLeast, type Policy, type Rule } from '../../agent/audit/policy.ts';
import { findUnmatched, reachOf } from '../../agent/audit/reach.ts';
import { requestSpace } from '../../agent/audit/request-space.ts';
import { policyOf } from './policy-of.ts';
import { policies, requests } from './policy-arbitraries.ts';

const RUNS = { numRuns: 1500 };
const someRequests = fc.array(requests, { minLength: 30, maxLength: 30 });

/** Whether the API server serves such a request, and it is about credentials. */
function isForCredentials({ user, target, verb }: ApiRequest): boolean {
  if (user === null || target.kind === 'path') return false;
  const { group, resource, subresource, namespace } = target;
  const kind = `${group}/${resource}/${subresource}`;
  if (kind === 'authentication.k8s.io/tokenreviews/') return verb === 'create' && namespace === '';
  if (kind === '/serviceaccounts/token') return verb === 'create' && namespace !== '';
  return (kind === '/secrets/' || kind === '/configmaps/') && (namespace !== '' || verb === 'list' || verb === 'watch');
}

function withRuleAt(policy: Policy, index: number, rule: Rule): Policy {
  return { ...policy, rules: policy.rules.toSpliced(index, 0, rule) };
}

describe('what the search finds, against requests at random', () => {
  test('a rule that decides about any request is reached, and a policy that leaves one open is open', () => {
    fc.assert(
      fc.property(policies, someRequests, (policy, some) => {
        const space = requestSpace(policy);
        for (const index of new Set(some.map((request) => firstMatch(policy, request)))) {
          if (index === null) expect(findUnmatched(policy, space).kind).toBe('request');
          else expect(reachOf(policy, index, space).kind).toBe('reached');
        }
      }),
      RUNS,
    );
  });

  test('its examples are decided by the rule that they are for', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const space = requestSpace(policy);
        for (const index of policy.rules.keys()) {
          const reach = reachOf(policy, index, space);
          if (reach.kind === 'reached') expect(firstMatch(policy, reach.request)).toBe(index);
        }
        const open = findUnmatched(policy, space);
        if (open.kind === 'request') expect(firstMatch(policy, open.request)).toBeNull();
      }),
      RUNS,
    );
  });

  test('a shadowed rule can be removed, and so can all rules but those that shadow it', () => {
    fc.assert(
      fc.property(policies, someRequests, (policy, some) => {
        const space = requestSpace(policy);
        for (const index of policy.rules.keys()) {
          const reach = reachOf(policy, index, space);
          if (reach.kind !== 'shadowed') continue;
          const rules = [...reach.by, index].map((place) => policy.rules[place]!);
          for (const request of some) expect(firstMatch({ rules }, request)).not.toBe(rules.length - 1);
        }
      }),
      RUNS,
    );
  });

  test('a rule that records credentials is found', () => {
    fc.assert(
      fc.property(policies, someRequests, (policy, some) => {
        const space = requestSpace(policy);
        for (const request of some) {
          const index = firstMatch(policy, request);
          if (index === null || !isAtLeast(policy.rules[index]!.level, 'Request') || !isForCredentials(request)) continue;
          expect(findLeak(policy, index, space).kind).toBe('leak');
        }
      }),
      RUNS,
    );
  });

  test('its leaks are real, and gone behind the rule that it proposes', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        const space = requestSpace(policy);
        for (const index of policy.rules.keys()) {
          const found = findLeak(policy, index, space);
          if (found.kind !== 'leak') continue;
          const { request, kinds } = found.leak;
          expect(firstMatch(policy, request)).toBe(index);
          expect(isForCredentials(request)).toBe(true);
          const repaired = withRuleAt(policy, index, policyOf(`rules:\n${ruleBefore(kinds)}`).rules[0]!);
          expect(findLeak(repaired, index + 1, requestSpace(repaired)).kind).toBe('none');
          expect(firstMatch(repaired, request)).toBe(index);
        }
      }),
      RUNS,
    );
  });
});
