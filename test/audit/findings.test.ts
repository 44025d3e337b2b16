import { describe, expect, test } from 'vitest';
import { formatFinding } from '../../agent/audit/finding.ts';
import { findingsOf } from './policy-of.ts';

/** Check, line:column and message of each finding, without one for the end of the policy. */
function said(body: string): string[] {
  return findingsOf(body)
    .filter(({ check }) => check !== 'no-catch-all')
    .map(({ check, place, message }) => `${check} ${place?.line}:${place?.column} ${message}`);
}

describe('what the API server does not take, or ignores', () => {
  test.each([
    ['rules: [{level: metadata}]', 'wrong-value 3:17 unknown level "metadata", did you mean Metadata?'],
    ['rules: [{level: All}]', 'wrong-value 3:17 unknown level "All", known are None, Metadata, Request, RequestResponse'],
    ['rules: [{users: [a]}]', 'wrong-value 3:9 level is missing, write one of None, Metadata, Request, RequestResponse'],
    ['rules: []', 'wrong-document 3:8 a policy needs rules, write at least one'],
    [
      'rules: [{level: None, omitStages: [RequestRecieved]}]',
      'wrong-value 3:36 unknown stage "RequestRecieved", did you mean RequestReceived?',
    ],
    ['rules: [{level: None, user: [a]}]', 'unknown-field 3:23 unknown key, did you mean users? The API server ignores it'],
    ['rules: [{level: None, users: a}]', 'wrong-value 3:30 found "a", want a list'],
    ['rules: [{level: None, users: [1]}]', 'wrong-value 3:31 found 1, want text: put quotes around it'],
    ['rules: [{level: None}]\nomitManagedFields: "true"', 'wrong-value 4:20 found "true", want true or false'],
    ['rules: [{level: None, level: Metadata}]', 'given-twice 3:23 given twice in the same mapping, remove one'],
    [
      'rules: [{level: None, resources: [{group: apps/v1}]}]',
      'wrong-group 3:43 "apps/v1" is no name of an API group, leave the version out: apps',
    ],
    [
      'rules: [{level: None, resources: [{group: Apps}]}]',
      'wrong-group 3:43 "Apps" is no name of an API group, write it in lower case: apps',
    ],
    [
      'rules: [{level: None, resources: [{resourceNames: [a]}]}]',
      'wrong-rule 3:51 resourceNames need resources beside them, name the resource',
    ],
    [
      'rules: [{level: None, namespaces: [a], nonResourceURLs: [/a]}]',
      'wrong-rule 3:57 a rule is for resources and namespaces or for nonResourceURLs, make two rules of it',
    ],
    ['rules: [{level: None, nonResourceURLs: [healthz]}]', 'wrong-value 3:41 "healthz" has to begin with /'],
    ['rules: [{level: None, nonResourceURLs: [/a*/b]}]', 'wrong-value 3:41 "/a*/b" has a * that is not its last character, end it there'],
  ])('%s', (body, finding) => expect(said(body)).toStrictEqual([finding]));
});

describe('what matches nothing, or something else than it seems', () => {
  test.each([
    ['users: ["*"]', 'meaningless-wildcard 3:31 "*" is compared as it stands, the * matches nothing else; leave users out to match all'],
    ['users: [a, "b*"]', 'meaningless-wildcard 3:34 "b*" is compared as it stands, the * matches nothing else; write whole names'],
    [
      'namespaces: ["*"]',
      'meaningless-wildcard 3:36 "*" is compared as it stands, the * matches nothing else; leave namespaces out to match all',
    ],
    ['namespaces: [Shop]', 'matches-nothing 3:36 no namespace is called "Shop"'],
    ['verbs: ["*"]', 'meaningless-wildcard 3:31 "*" is compared as it stands, the * matches nothing else; leave verbs out to match all'],
    ['verbs: [updat]', 'matches-nothing 3:31 no request has the verb "updat", did you mean update?'],
    ['verbs: [get, watch], nonResourceURLs: [/a]', 'matches-nothing 3:36 "watch" is a verb of requests for resources, remove it'],
    ['resources: [{group: "", resources: [deployments]}]', 'matches-nothing 3:59 the core group has no deployments, they are in "apps"'],
    [
      'resources: [{group: "", resources: [Secret]}]',
      'matches-nothing 3:59 no resource is called "Secret"; write its plural in lower case, as in URLs',
    ],
    [
      'resources: [{group: "", resources: ["pod*"]}]',
      'meaningless-wildcard 3:59 "pod*" matches nothing; a * is the whole of a part: *, pods/*, */scale',
    ],
    ['resources: [{group: core}]', 'matches-nothing 3:43 there is no API group core, write "" for the core group'],
    [
      'nonResourceURLs: ["/apis/apps/v1/deployments"]',
      'matches-nothing 3:41 /apis/apps/v1/deployments is the path of a resource, name it in resources',
    ],
    [
      'resources: [{group: "", resources: ["pods/*"]}]',
      'wider-than-documented 3:59 "pods/*" matches pods too, contrary to the documentation; name pods beside it if that is meant, else its subresources',
    ],
  ])('%s', (condition, finding) => expect(said(`rules: [{level: None, ${condition}}]`)).toStrictEqual([finding]));

  test.each([
    'resources: [{group: "", resources: ["*/scale", "pods/*", pods, "*"]}]',
    'nonResourceURLs: ["/api/*", "*"]',
    'verbs: [get, post]',
  ])('nothing is said against %s', (condition) => expect(said(`rules: [{level: None, ${condition}}]`)).toStrictEqual([]));

  test('a rule whose conditions contradict each other', () => {
    const body = 'rules: [{level: Metadata, verbs: [create], resources: [{resources: [pods], resourceNames: [web-0]}]}]';
    expect(said(body)).toStrictEqual([
      'rule-matches-nothing 3:9 no request meets all conditions of this rule, check which of them go together',
    ]);
  });
});

describe('rules that come too late', () => {
  test.each([
    ['{level: None}, {level: Metadata, users: [a]}', 'rules[0]'],
    ['{level: None, userGroups: ["system:serviceaccounts"]}, {level: Metadata, users: ["system:serviceaccount:shop:web"]}', 'rules[0]'],
    ['{level: None, verbs: [get]}, {level: None, verbs: [list]}, {level: Metadata, verbs: [list, get]}', 'rules[0], rules[1]'],
    ['{level: None, verbs: [get]}, {level: None, users: [a, b]}, {level: Metadata, users: [a], verbs: [list]}', 'rules[1]'],
  ])('%s', (rules, by) => {
    const last = rules.split('}, {').length - 1;
    expect(findingsOf(`rules: [${rules}]`).filter(({ check }) => check === 'shadowed-rule')).toMatchObject([
      { key: `rules[${last}]`, severity: 'error', message: expect.stringContaining(`is decided by ${by} before it`) as string },
    ]);
  });

  test('everyone who is authenticated is not everyone: a failed authentication has no groups', () => {
    expect(
      said('rules: [{level: Metadata, userGroups: ["system:authenticated", "system:unauthenticated"]}, {level: Metadata}]'),
    ).toStrictEqual([]);
  });
});

describe('stages that are left out', () => {
  test('at a loss', () => {
    expect(said('omitStages: [RequestReceived, ResponseStarted]\nrules: [{level: Metadata, omitStages: [Panic]}]')).toMatchObject([
      'lost-stages 3:31 failed authentication (401) is recorded at ResponseStarted alone, and the start of a watch, exec or log too; keep ResponseStarted',
      'lost-stages 4:40 a request whose handler panicked is recorded at Panic instead of ResponseComplete; keep Panic',
    ]);
  });

  test('of a rule until nothing is left', () => {
    const body = 'omitStages: [RequestReceived]\nrules: [{level: Metadata, omitStages: [ResponseStarted, ResponseComplete]}]';
    expect(said(body)).toStrictEqual([
      'lost-stages 4:39 no stage is left at which requests are recorded, leave fewer out or write level: None',
    ]);
  });
});

test('a policy without a last rule for all says which request it does not record', () => {
  expect(findingsOf('rules: [{level: Metadata, users: [alice]}]').map(formatFinding)).toStrictEqual([
    `policy.yaml:3:1: warning[no-catch-all] rules: requests that no rule matches are not recorded, end with a rule that has a level alone: - level: Metadata
  for example user alice-2 (groups system:authenticated): create deployments.apps in namespace shop
`,
  ]);
});
