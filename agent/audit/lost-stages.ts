import type { KeyPath } from '../config/problem.ts';
import type { Severity } from './finding.ts';
import { omittedStages, type Policy, type Stage } from './policy.ts';

/** Stages that are left out at a loss. */
export interface LostStages {
  readonly path: KeyPath;
  readonly severity: Severity;
  readonly message: string;
}

const LOSSES: Readonly<Partial<Record<Stage, string>>> = {
  ResponseStarted: 'failed authentication (401) is recorded at ResponseStarted alone, and the start of a watch, exec or log too',
  ResponseComplete: 'the outcome of every other request, 403s included, is recorded at ResponseComplete alone',
  Panic: 'a request whose handler panicked is recorded at Panic instead of ResponseComplete',
};

/** What `omitStages` of the policy and of its rules loses (apiserver: pkg/endpoints/filters/audit.go and authn_audit.go, v1.37). */
export function lostStages(policy: Policy): LostStages[] {
  const ofPolicy = lossesAt(policy.omitStages, ['omitStages']);
  const ofRules = policy.rules.flatMap((rule, index) => {
    if (rule.level === 'None') return [];
    const omitted = omittedStages(policy, rule);
    const path = ['rules', index];
    if (!omitted.has('ResponseComplete') || !omitted.has('RequestReceived') || !omitted.has('ResponseStarted')) {
      return lossesAt(rule.omitStages, [...path, 'omitStages']);
    }
    const message = 'no stage is left at which requests are recorded, leave fewer out or write level: None';
    return [{ path: rule.omitStages.length === 0 ? path : [...path, 'omitStages'], severity: 'error' as const, message }];
  });
  return [...ofPolicy, ...ofRules];
}

function lossesAt(stages: readonly Stage[], path: KeyPath): LostStages[] {
  return stages.flatMap((stage, index) => {
    const loss = LOSSES[stage];
    return loss === undefined ? [] : [{ path: [...path, index], severity: 'warning' as const, message: `${loss}; keep ${stage}` }];
  });
}
