import assert from 'node:assert';
import type { KeyPath } from '../config/problem.ts';
import { type ApiRequest, describeRequest } from './api-request.ts';
import type { Finding } from './finding.ts';
import { firstMatch } from './first-match.ts';
import { findLeak, hasBody, type Leak, ruleBefore } from './golden-rule.ts';
import { idleValues } from './idle-values.ts';
import { lostStages } from './lost-stages.ts';
import type { Policy, Rule } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { findUnmatched, reachOf } from './reach.ts';
import { type RequestSpace, requestSpace } from './request-space.ts';

/** All that there is to say against what a policy does, other than that the API server would not take it. */
export function checkPolicy(document: PolicyDocument, policy: Policy): Finding[] {
  const space = requestSpace(policy);
  const ofRules = policy.rules.flatMap((rule, index) => {
    const idle = idleFindings(document, rule, index);
    const isExplained = idle.some(({ severity }) => severity === 'error');
    return [
      ...idle,
      ...reachFindings(document, policy, { index, isExplained, space }),
      ...leakFindings(document, policy, { index, space }),
    ];
  });
  const lost = lostStages(policy).map(({ path, ...remark }) => document.finding(path, 'value', { check: 'lost-stages', ...remark }));
  return [...ofRules, ...openFindings(document, policy, space), ...lost];
}

function idleFindings(document: PolicyDocument, rule: Rule, index: number): Finding[] {
  return idleValues(rule).map(({ path, check, message }) => {
    const severity = check === 'wider-than-documented' ? 'warning' : 'error';
    return document.finding(['rules', index, ...path], 'value', { check, severity, message });
  });
}

interface RuleInSpace {
  readonly index: number;
  readonly space: RequestSpace;
}

/** What is left of a rule whose values match nothing is not worth a second finding. */
function reachFindings(
  document: PolicyDocument,
  policy: Policy,
  { index, isExplained, space }: RuleInSpace & { isExplained: boolean },
): Finding[] {
  const reach = reachOf(policy, index, space);
  const path = ['rules', index];
  if (reach.kind === 'undecided') return [undecided(document, path, 'this rule is ever reached')];
  if (reach.kind === 'reached') {
    assertDecidedBy(policy, reach.request, index);
    return [];
  }
  if (reach.kind === 'nothing') {
    const message = 'no request meets all conditions of this rule, check which of them go together';
    return isExplained ? [] : [document.finding(path, 'value', { check: 'rule-matches-nothing', severity: 'error', message })];
  }
  const by = reach.by.map((earlier) => `rules[${earlier}]`).join(', ');
  const message = `every request that this rule matches is decided by ${by} before it; move it up, or remove it`;
  return [document.finding(path, 'value', { check: 'shadowed-rule', severity: 'error', message })];
}

function leakFindings(document: PolicyDocument, policy: Policy, { index, space }: RuleInSpace): Finding[] {
  const found = findLeak(policy, index, space);
  if (found.kind === 'none') return [];
  if (found.kind === 'undecided') return [undecided(document, ['rules', index], 'this rule records credentials')];
  const { request, names, kinds } = found.leak;
  assertDecidedBy(policy, request, index);
  const { level } = policy.rules[index]!;
  const message = `records ${names.join(', ')} at ${level}: ${whatLeaks(found.leak, level)}`;
  const remark = { check: 'leaks-secrets', severity: 'error', message, example: describeRequest(request), fix: ruleBefore(kinds) } as const;
  return [document.finding(['rules', index], 'value', remark)];
}

function whatLeaks({ request }: Leak, level: Rule['level']): string {
  if (level === 'RequestResponse') return 'what clients send and what they are answered goes into the log';
  if (hasBody(request)) return 'what clients send goes into the log';
  return 'no request that comes to it sends values, but one more verb, or RequestResponse, would put them into the log';
}

function openFindings(document: PolicyDocument, policy: Policy, space: RequestSpace): Finding[] {
  const found = findUnmatched(policy, space);
  if (found.kind === 'none') return [];
  if (found.kind === 'undecided') return [undecided(document, ['rules'], 'the rules match every request')];
  assertDecidedBy(policy, found.request, null);
  const message = 'requests that no rule matches are not recorded, end with a rule that has a level alone: - level: Metadata';
  const example = describeRequest(found.request);
  return [document.finding(['rules'], 'key', { check: 'no-catch-all', severity: 'warning', message, example })];
}

function undecided(document: PolicyDocument, path: KeyPath, what: string): Finding {
  const message = `the rules are too entangled to tell whether ${what}, write fewer conditions`;
  return document.finding(path, 'value', { check: 'undecided', severity: 'warning', message });
}

/** An example that the policy treats otherwise would be a bug of the search. */
function assertDecidedBy(policy: Policy, request: ApiRequest, index: number | null): void {
  assert.equal(firstMatch(policy, request), index, describeRequest(request));
}
