import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { runsBySource } from '../support/lines-by-source.ts';
import type { StoredEntry } from '../support/loki-reader.ts';
import { ClusterBench, bySource } from './cluster-bench.ts';
import { STATIC_POD, WORKLOADS } from './workloads.ts';

const NAMESPACE = 'shop';
const DOWN_MS = 6000;
/** A log keeps its labels, over restarts of the agent too; the next container of a pod that is labelled anew has the new ones. */
const RELABELLED = ['db', 'crashing'];
const COMPONENT = 'primary';

test('I1 I3 I5 every line of a cluster is in Loki once, under its own labels, whatever is restarted or killed', async () => {
  await using bench = await ClusterBench.start(NAMESPACE);
  const { agent, cluster } = bench;
  await cluster.apply(NAMESPACE, ...WORKLOADS);
  cluster.runStatic(NAMESPACE, STATIC_POD);
  await bench.untilEnded('once', 1);
  await bench.untilEnded('brief', 10);
  await bench.untilEnded('crashing', 2);
  await bench.untilRotated(4);
  const selector = `app in (${RELABELLED.join(',')})`;
  await cluster.kubectl('--namespace', NAMESPACE, 'label', 'pod', '--selector', selector, `component=${COMPONENT}`);
  await agent.rolloutRestart();
  await bench.untilRotated(8);
  await agent.deletePod();
  for (const component of ['kube-apiserver', 'kubelet'] as const) {
    cluster.kill(component);
    await sleep(DOWN_MS);
    cluster.release(component);
  }
  await bench.untilRotated(12);
  await bench.untilEnded('crashing', 4);
  const unbalanced = await agent.metric('logferry_ledger_unbalanced_bytes');
  cluster.removeStatic(STATIC_POD.metadata.name);
  await cluster.deleteNamespace(NAMESPACE);

  const entries = await bench.stored();
  const sources = bySource(entries);
  console.log(`${entries.length} lines of ${sources.size} containers, ${bench.rotations} rotations`, runsBySource(bench.printed));
  bench.expectExactlyOnce(entries);
  for (const [source, entries] of sources) expectLabels(source, entries);
  expect(entries.findLast(({ labels }) => labels['workload'] === 'crashing')?.labels['component']).toBe(COMPONENT);
  expect(unbalanced).toBe(0);
  expect(await agent.restarts()).toBe(0);
});

/** Every label of every line, and no metadata that marks one as incomplete, or as a gap. Of a level, Loki says what it takes it for. */
function expectLabels(source: string, entries: readonly StoredEntry[]): void {
  const [, pod = '', container = '', attempt = ''] = source.split('/');
  const workload = [...WORKLOADS, STATIC_POD].map(({ metadata }) => metadata.name).find((name) => pod.startsWith(`${name}-`));
  const labels = [...new Map(entries.map(({ labels }) => [JSON.stringify(labels), labels])).values()];
  const expected = labelsOf(workload!, container);
  // The pod that crashes has done so twice before it is labelled.
  const isLater = Number(attempt) > 1 && labels[0]?.['component'] !== undefined;
  expect(labels, source).toEqual([isLater ? { ...expected, component: COMPONENT } : expected]);
  const metadata = new Set(entries.flatMap(({ metadata }) => Object.keys(metadata)));
  metadata.delete('detected_level');
  expect(metadata, source).toEqual(new Set(['pod', 'restart_count']));
}

function labelsOf(workload: string, container: string): Record<string, string> {
  return {
    namespace: NAMESPACE,
    app: workload,
    container,
    job: `${NAMESPACE}/${workload}`,
    service_name: workload,
    stream: 'stdout',
    node_name: 'node-1',
    workload,
  };
}
