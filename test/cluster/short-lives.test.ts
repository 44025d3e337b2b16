import { expect, test } from 'vitest';
import { bySource, ClusterBench } from './cluster-bench.ts';
import { BRIEF, job } from './workloads.ts';

const NAMESPACE = 'short-lived';
/** Pods in all, and so many at once. */
const PODS = 500;
const AT_ONCE = 80;
const NAME = 'burst';
/** Of all lines. */
const MIN_KNOWN_SHARE = 0.99;

test(`I5 ${PODS} pods that live for 300 ms: every line with its names, and with its labels and owner`, async () => {
  await using bench = await ClusterBench.start(NAMESPACE);
  await bench.cluster.apply(NAMESPACE, job({ app: NAME, talk: BRIEF }, PODS, AT_ONCE));
  await bench.untilEnded(NAME, PODS);
  const partial = await bench.agent.metric('logferry_partial_metadata_sources_total');
  await bench.cluster.deleteNamespace(NAMESPACE);

  const entries = await bench.stored();
  const sources = bySource(entries);
  const known = entries.filter(({ labels }) => labels['app'] === NAME && labels['workload'] === NAME && labels['service_name'] === NAME);
  console.log(`${entries.length} lines of ${sources.size} pods, ${known.length} with labels and owner, ${partial} logs begun without`);
  bench.expectExactlyOnce(entries);
  expect(sources.size).toBe(PODS);
  for (const { labels, metadata } of entries) {
    expect([labels['namespace'], labels['container'], metadata['pod']]).toEqual([NAMESPACE, 'app', expect.stringMatching(/^burst-\w{5}$/)]);
  }
  expect(known.length / entries.length).toBeGreaterThanOrEqual(MIN_KNOWN_SHARE);
});
