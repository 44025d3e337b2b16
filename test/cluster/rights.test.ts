import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readKubeconfig } from '../../agent/config/read-kubeconfig.ts';
import { ApiServer } from '../../agent/kubernetes/api-server.ts';
import { kubeconfigAddress } from '../../agent/kubernetes/kubeconfig-address.ts';
import { tempDir } from '../support/temp-dir.ts';
import { AgentDaemonSet } from './agent-daemon-set.ts';
import { Cluster } from './cluster.ts';
import { NodeLoki } from './node-loki.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';

const ACCOUNT = 'system:serviceaccount:logferry:logferry';
const FORBIDDEN = [
  'create pods',
  'patch pods',
  'delete pods',
  'get pods/log',
  'create pods/exec',
  'list secrets',
  'list configmaps',
  'list namespaces',
  'list nodes',
  'get nodes/proxy',
  'list events',
  'create tokenreviews',
];

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
}

test('the role of the manifests allows what the agent asks for, and nothing else', async () => {
  const cluster = new Cluster();
  await using _loki = await NodeLoki.start();
  await new AgentDaemonSet(cluster).apply();
  // A watch shows in the audit log once it has ended.
  await cluster.kubectl('--namespace', 'logferry', 'delete', 'daemonset', 'logferry', '--timeout=60s');
  const asked = (): string[] => cluster.audit.filter(({ userAgent }) => userAgent.startsWith('logferry/')).map(requestOf);
  await expect.poll(asked, { timeout: 60_000 }).toContain('watch pods');
  // A list is for servers whose watches cannot begin with all pods.
  expect(['list pods', 'watch pods']).toEqual(expect.arrayContaining(asked()));
  console.log('requests of the agent:', asked());
  expect(await ownRules(cluster)).toEqual([{ verbs: ['list', 'watch'], apiGroups: [''], resources: ['pods'] }]);
});

test('real requests with the token of the service account are refused beyond that', async () => {
  const cluster = new Cluster();
  await new AgentDaemonSet(cluster).applyRights();
  const token = await new ServiceAccountTokens(cluster).issue('asking');
  const statusOf = async (path: string): Promise<string> => {
    const asked = cluster.kubectl('--token', token, '--kubeconfig', '/dev/null', ...server(cluster), 'get', '--raw', path);
    return asked.then(
      () => 'allowed',
      (error: Error) => (error.message.includes('(Forbidden)') ? 'forbidden' : error.message),
    );
  };
  const pods = '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1';
  expect(await statusOf(pods)).toBe('allowed');
  expect(await statusOf(`${pods}&watch=1&timeoutSeconds=1`)).toBe('allowed');
  for (const path of [
    '/api/v1/secrets',
    '/api/v1/nodes',
    '/api/v1/namespaces/logferry/configmaps',
    '/api/v1/namespaces/kube-system/pods/x',
  ]) {
    expect(await statusOf(path), path).toBe('forbidden');
  }
  for (const question of FORBIDDEN) {
    expect(await canI(cluster, question), question).toBe('no');
  }
});

test('a kubeconfig lets the agent in, its certificates in files or in itself', async () => {
  const cluster = new Cluster();
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const flat = join(dir.path, 'config');
  writeFileSync(flat, await cluster.kubectl('config', 'view', '--raw', '--flatten'));
  for (const file of [cluster.kubeconfig, flat]) {
    const read = await readKubeconfig(file);
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const address = kubeconfigAddress(read.kubeconfig, {});
    await using api = new ApiServer({ address, nodeName: 'node-1', userAgent: 'kubeconfig/test', onRequest: () => undefined });
    expect(await api.list('0', new AbortController().signal)).toMatchObject({ kind: 'list' });
  }
});

function server(cluster: Cluster): string[] {
  return ['--server', cluster.apiUrl, '--certificate-authority', cluster.caFile];
}

function requestOf({ verb, objectRef }: Cluster['audit'][number]): string {
  const { resource, subresource } = objectRef ?? { resource: 'nothing' };
  return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
}

async function canI(cluster: Cluster, question: string): Promise<string> {
  const answer = await cluster.kubectl('auth', 'can-i', '--all-namespaces', '--as', ACCOUNT, ...question.split(' ')).catch(String);
  return answer.includes('yes') ? answer : 'no';
}

/** What the account may do beyond every other service account. */
async function ownRules(cluster: Cluster): Promise<Rule[]> {
  const others = new Set((await rulesOf(cluster, 'system:serviceaccount:default:default')).map((rule) => JSON.stringify(rule)));
  return (await rulesOf(cluster, ACCOUNT)).filter((rule) => !others.has(JSON.stringify(rule)));
}

async function rulesOf(cluster: Cluster, account: string): Promise<Rule[]> {
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: 'default' } };
  const answer = await cluster.create<{ status: { resourceRules: Rule[] } }>(review, '--as', account, ...groupsOf(account));
  return answer.status.resourceRules;
}

/** Those that the API server gives to whoever shows the account's token. */
function groupsOf(account: string): string[] {
  const [, , namespace] = account.split(':');
  return ['serviceaccounts', `serviceaccounts:${namespace}`, 'authenticated'].flatMap((group) => ['--as-group', `system:${group}`]);
}
