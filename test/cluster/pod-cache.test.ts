import { expect, test } from 'vitest';
import { AgentDaemonSet } from './agent-daemon-set.ts';
import { Cluster, type Manifest } from './cluster.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { WatchedPods } from './watched-pods.ts';
import { barePod, deployment, ENDLESS } from './workloads.ts';

const NAMESPACE = 'watched';
const NAMES = ['alpha', 'beta', 'gamma'];
const PODS: readonly Manifest[] = NAMES.map((app) => barePod({ app, talk: ENDLESS }));
const inNamespace = ['--namespace', NAMESPACE] as const;

test('the pods that an agent knows are those of the API server, through restarts, compaction and tokens that end', async () => {
  const cluster = new Cluster();
  await new AgentDaemonSet(cluster).applyRights();
  await cluster.makeNamespace(NAMESPACE);
  const tokens = new ServiceAccountTokens(cluster);
  await using watched = await WatchedPods.start(cluster, await tokens.issue('first'));
  const counts: Record<string, number> = {};
  const agree = async (after: string): Promise<void> => {
    counts[after] = await watched.agree();
  };

  await agree('start');
  await cluster.apply(NAMESPACE, ...PODS, deployment({ app: 'web', talk: ENDLESS }, 2));
  await cluster.kubectl(...inNamespace, 'wait', '--for=condition=Ready', 'pod', '--all', '--timeout=60s');
  await agree('created');
  await cluster.kubectl(...inNamespace, 'label', 'pod', 'alpha', 'component=primary');
  await cluster.kubectl(...inNamespace, 'annotate', 'pod', 'beta', 'resource.opentelemetry.io/service.name=ledger');
  await agree('labelled');
  await cluster.kubectl(...inNamespace, 'delete', 'pod', ...NAMES);
  await agree('deleted');
  await cluster.apply(NAMESPACE, ...PODS);
  await cluster.kubectl(...inNamespace, 'rollout', 'restart', 'deployment/web');
  await cluster.kubectl(...inNamespace, 'rollout', 'status', 'deployment/web', '--timeout=60s');
  await agree('recreated');

  await cluster.restart('kube-apiserver');
  await cluster.kubectl(...inNamespace, 'label', 'pod', 'gamma', 'component=replica');
  await agree('API server restarted');

  const { lists } = watched;
  watched.gate.shut();
  await cluster.kubectl(...inNamespace, 'delete', 'pod', 'alpha');
  await cluster.kubectl(...inNamespace, 'label', 'pod', 'beta', 'component=late');
  await cluster.compactHistory();
  await cluster.restart('kube-apiserver');
  watched.gate.reopen();
  await agree('history compacted');
  expect(watched.ended('expired')).toBeGreaterThan(0);
  expect(watched.lists).toBeGreaterThan(lists);

  await tokens.revoke('first');
  // The API server knows a token for some more seconds, and a watch that is let in by then goes on for minutes: it is cut until none is.
  const refusals = (): number => {
    watched.gate.shut();
    watched.gate.reopen();
    return watched.ended('refused');
  };
  await expect.poll(refusals, { timeout: 90_000, interval: 3000 }).toBeGreaterThan(0);
  await cluster.kubectl(...inNamespace, 'label', 'pod', 'beta', 'instance=b-1');
  watched.rotateToken(await tokens.issue('second'));
  await agree('token renewed');
  expect(watched.messages).toContain(
    'the API server refuses to tell of pods; check the service account and its right to list and watch pods',
  );

  await cluster.deleteNamespace(NAMESPACE);
  await agree('all gone');
  console.log('pods in the cache and in a fresh list:', counts);
});
