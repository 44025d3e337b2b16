import { describe, expect, test } from 'vitest';
import { findingsOf } from './policy-of.ts';

function leaksOf(rules: string): string[] {
  return findingsOf(`rules: [${rules}]`)
    .filter(({ check }) => check === 'leaks-secrets')
    .map(({ key, message, example }) => `${key} ${message.split(':')[0]}; ${example}`);
}

const WHO = 'user alice (groups system:authenticated)';

describe('rules that record credentials', () => {
  test.each([
    [
      '{level: Request, resources: [{resources: [secrets]}]}',
      `rules[0] records Secrets at Request; ${WHO}: create secrets in namespace shop`,
    ],
    [
      '{level: RequestResponse, verbs: [get], resources: [{group: "*", resources: [configmaps]}]}',
      `rules[0] records ConfigMaps at RequestResponse; ${WHO}: get configmaps web-0 in namespace shop`,
    ],
    [
      '{level: Request, resources: [{resources: ["*/token"]}]}',
      `rules[0] records serviceaccounts/token at Request; ${WHO}: create serviceaccounts/token web-0 in namespace shop`,
    ],
    [
      '{level: Request, namespaces: [""], verbs: [create]}',
      `rules[0] records TokenReviews at Request; ${WHO}: create tokenreviews.authentication.k8s.io`,
    ],
    [
      '{level: Metadata, namespaces: [shop, bank], resources: [{resources: [secrets]}]}, {level: Request, resources: [{resources: [secrets, pods]}]}',
      `rules[1] records Secrets at Request; ${WHO}: create secrets in namespace shop-2`,
    ],
    [
      '{level: Metadata, userGroups: ["system:authenticated"]}, {level: Request, resources: [{resources: [secrets]}]}',
      'rules[1] records Secrets at Request; user alice (groups system:unauthenticated): create secrets in namespace shop',
    ],
    [
      '{level: Metadata, resources: [{resources: [secrets], resourceNames: [a]}]}, {level: Request, verbs: [update], resources: [{resources: [secrets]}]}',
      `rules[1] records Secrets at Request; ${WHO}: update secrets web-0 in namespace shop`,
    ],
  ])('%s', (rules, leak) => expect(leaksOf(rules)).toStrictEqual([leak]));
});

test('the example is one that sends values, where there is any', () => {
  const rules = `{level: Metadata, verbs: [create, update, patch], resources: [{resources: [secrets]}]},
    {level: Metadata, users: [bob, alice], verbs: [create, update, patch], resources: [{resources: [configmaps]}]}, {level: Request}`;
  expect(leaksOf(rules)).toStrictEqual([
    'rules[2] records Secrets, ConfigMaps, serviceaccounts/token, TokenReviews at Request; user alice-2 (groups system:authenticated): create configmaps in namespace shop',
  ]);
  expect(leaksOf('{level: Metadata, verbs: [create, update, patch]}, {level: Request}')).toStrictEqual([
    `rules[1] records Secrets, ConfigMaps at Request; ${WHO}: get secrets web-0 in namespace shop`,
  ]);
});

describe('rules that do not', () => {
  test.each([
    '{level: Metadata}',
    '{level: Request, resources: [{resources: [pods, serviceaccounts]}]}',
    '{level: Metadata, resources: [{resources: ["*"]}, {group: authentication.k8s.io}]}, {level: RequestResponse}',
    '{level: Metadata, userGroups: ["system:authenticated", "system:unauthenticated"]}, {level: Request}',
    '{level: Request, nonResourceURLs: ["*"]}',
    '{level: Request, namespaces: [shop], resources: [{group: authentication.k8s.io, resources: [tokenreviews]}]}',
  ])('%s', (rules) => expect(leaksOf(rules)).toStrictEqual([]));
});
