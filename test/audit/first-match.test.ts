import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ApiRequest } from '../../agent/audit/api-request.ts';
import { firstMatch, mismatchOf, pathMatches } from '../../agent/audit/first-match.ts';
import { policyOf } from './policy-of.ts';

interface Decision {
  readonly rules: string;
  readonly requests: readonly ApiRequest[];
  readonly levels: readonly string[];
}

const DECISIONS = readFileSync(join(import.meta.dirname, '../samples/audit/decisions.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Decision);

test('an API server decides as firstMatch does', () => {
  expect(DECISIONS.length).toBeGreaterThan(30);
  for (const { rules, requests, levels } of DECISIONS) {
    const policy = policyOf(rules);
    const ours = requests.map((request) => policy.rules[firstMatch(policy, request) ?? -1]?.level ?? 'None');
    expect(ours, rules).toStrictEqual(levels);
  }
});

const POD = { kind: 'resource', group: '', resource: 'pods', subresource: '', namespace: 'shop', name: 'web-0' } as const;
const GET: ApiRequest = { user: 'alice', groups: ['ops', 'system:authenticated'], verb: 'get', target: POD };
const HEALTH: ApiRequest = { ...GET, target: { kind: 'path', path: '/healthz' } };

describe('mismatchOf', () => {
  test.each([
    ['users: [bob]', GET, 'user'],
    ['users: [alice]', { ...GET, user: null }, 'user'],
    ['users: [alice]', GET, null],
    ['userGroups: [dev]', GET, 'group'],
    ['userGroups: [dev, ops]', GET, null],
    ['userGroups: [ops]', { ...GET, user: null }, 'group'],
    ['verbs: ["*"]', GET, 'verb'],
    ['namespaces: [bank]', GET, 'namespace'],
    ['namespaces: [""]', { ...GET, target: { ...POD, namespace: '' } }, null],
    ['namespaces: [shop]', HEALTH, 'not-a-resource'],
    ['nonResourceURLs: ["*"]', GET, 'not-a-path'],
    ['nonResourceURLs: ["/livez*"]', HEALTH, 'path'],
    ['resources: [{resources: [pods]}]', GET, null],
    ['resources: [{resources: [pods]}]', { ...GET, target: { ...POD, subresource: 'log' } }, 'resource'],
    ['resources: [{resources: ["pods/*"]}]', GET, null],
    ['resources: [{resources: ["*/log"]}]', { ...GET, target: { ...POD, subresource: 'log' } }, null],
    ['resources: [{group: apps}]', GET, 'resource'],
    ['resources: [{group: "*"}]', GET, null],
    ['resources: [{resources: [pods], resourceNames: [web-1]}]', GET, 'name'],
  ] as const)('%s', (condition, request, mismatch) => {
    const [rule] = policyOf(`rules: [{level: Metadata, ${condition}}]`).rules;
    expect(mismatchOf(rule!, request)).toBe(mismatch);
  });
});

test.each([
  ['/healthz*', '/healthz', true],
  ['/healthz*', '/healthz/etcd', true],
  ['/healthz', '/healthz/etcd', false],
  ['*', '/anything', true],
  ['/a', '/a*', false],
])('the pattern %s and the path %s', (pattern, path, matches) => expect(pathMatches(pattern, path)).toBe(matches));
