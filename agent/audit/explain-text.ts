import assert from 'node:assert';
import { type ApiRequest, describeRequest } from './api-request.ts';
import { describeRule, RECORDED } from './describe-rule.ts';
import { explainRequest } from './explain-request.ts';
import { firstMatch } from './first-match.ts';
import type { Level, Policy, Stage } from './policy.ts';
import { terminalText } from '../runtime/terminal-text.ts';
import { findUnmatched, reachOf } from './reach.ts';
import { requestSpace } from './request-space.ts';

/** What a policy does with a request, rule by rule, for people. */
export function requestText(policy: Policy, request: ApiRequest): string {
  const { rule, level, stages, passed } = explainRequest(policy, request);
  const lines = [describeRequest(request), ''];
  for (const [index, why] of passed.entries()) lines.push(`${heading(policy, index)}  passed: ${why}`);
  if (rule === null) lines.push('no rule matches');
  else lines.push(`${heading(policy, rule)}  decides: ${describeRule(policy.rules[rule]!)}`);
  lines.push('', `recorded: ${recorded(request, level)} (${level})`);
  if (level !== 'None') lines.push(`at: ${stagesText(stages)}`);
  return textOf(lines);
}

const ANSWERED_PATH = `${RECORDED.Metadata}, and what it is answered where that is an object: groups, resources, a refusal`;

/** What a client sends is recorded of resources alone. */
function recorded({ target }: ApiRequest, level: Level): string {
  if (target.kind === 'resource' || level === 'None') return RECORDED[level];
  return level === 'RequestResponse' ? ANSWERED_PATH : RECORDED.Metadata;
}

function stagesText(stages: readonly Stage[]): string {
  if (stages.length === 0) return 'no stage, all are left out';
  const usual = stages.filter((stage) => stage !== 'Panic').join(', ');
  return stages.includes('Panic') ? `${usual}; Panic instead of ResponseComplete when the handler panics` : usual;
}

/** What each rule of a policy does, with a request that comes to it. */
export function policyText(policy: Policy): string {
  const space = requestSpace(policy);
  const lines = policy.rules.flatMap((rule, index) => {
    const reach = reachOf(policy, index, space);
    if (reach.kind === 'reached') assert.equal(firstMatch(policy, reach.request), index);
    const example = reach.kind === 'reached' ? `for example ${describeRequest(reach.request)}` : NEVER[reach.kind];
    return [`${heading(policy, index)}  ${describeRule(rule)}`, `  recorded: ${RECORDED[rule.level]}`, `  ${example}`];
  });
  const open = findUnmatched(policy, space);
  const rest = open.kind === 'request' ? `for example ${describeRequest(open.request)}` : 'there are none';
  return textOf([...lines, 'all others  are not recorded', `  ${rest}`]);
}

/** Names of a policy may be anyone's. */
function textOf(lines: readonly string[]): string {
  return `${lines.map(terminalText).join('\n')}\n`;
}

const NEVER = {
  nothing: 'no request meets all of its conditions',
  shadowed: 'earlier rules decide about all that it matches',
  undecided: 'the rules are too entangled to find an example',
} as const;

/** `rules[3] Metadata`, padded so that what follows stands in one column. */
function heading({ rules }: Policy, index: number): string {
  const width = `rules[${rules.length - 1}] `.length + Math.max(...rules.map(({ level }) => level.length));
  return `rules[${index}] ${rules[index]!.level}`.padEnd(width);
}
