import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import type { AgentBench } from '../support/agent-bench.ts';
import type { FakeApiServer } from '../support/fake-api-server.ts';
import { benchOf, PATIENT, remembered, streams } from './pod-bench.ts';

const PODS = 12;
const MAX_VALUES = 3;

/** Pods of one namespace, each with an id of its own in a label. */
function startAll(bench: AgentBench, api: FakeApiServer): RunningContainer[] {
  return Array.from({ length: PODS }, (_, n) => {
    api.put({ uid: `u-${n}`, name: `job-${n}`, labels: { app: 'job', request: randomUUID() } });
    const container = bench.logs.start({ namespace: 'shop', pod: `job-${n}`, container: 'main', uid: `u-${n}` });
    bench.print(container, `first of ${n}`);
    return container;
  });
}

test('I5 I9 a label with an id in it makes no more streams than it may, and no entry is lost or stored under two label sets', async () => {
  const labels = { from_pod_labels: { request: 'request' }, max_values: MAX_VALUES };
  const { bench, api } = await benchOf(PATIENT, { config: { labels }, loki: { deduplicate: true } });
  const containers = startAll(bench, api);
  await bench.start();
  await bench.allStored();
  const before = streams(bench);
  expect(before).toHaveLength(MAX_VALUES + 1);
  const isDemoted = ({ stream }: (typeof entries)[number]): boolean => !('request' in stream.labels);
  const entries = bench.loki.entries();
  expect(entries.filter(isDemoted)).toHaveLength(PODS - MAX_VALUES);
  for (const { metadata } of entries.filter(isDemoted)) expect(metadata.map(([name]) => name)).toStrictEqual(['pod', 'request']);
  expect(await bench.globalMetric('logferry_label_values{label="request"}')).toBe(MAX_VALUES);
  expect(await bench.globalMetric('logferry_demoted_labels_total{label="request"}')).toBe(PODS - MAX_VALUES);
  expect(bench.log.said.filter(({ fields }) => 'maxValues' in fields)).toMatchObject([
    { fields: { label: 'request', maxValues: MAX_VALUES } },
  ]);

  await remembered(bench, PODS);
  for (const [n, container] of containers.entries()) bench.print(container, `second of ${n}`);
  await bench.until(() => new Set(bench.loki.entries().map(({ line }) => line.toString())).size === 2 * PODS);
  await bench.kill();
  await bench.start();
  for (const [n, container] of containers.entries()) bench.print(container, `third of ${n}`);
  await bench.until(() => new Set(bench.loki.entries().map(({ line }) => line.toString())).size === 3 * PODS);
  expect(streams(bench).map(({ labels }) => labels)).toStrictEqual(before.map(({ labels }) => labels));
  const stored = bench.loki.entries().map(({ stream, line, metadata }) => JSON.stringify([line.toString(), stream.labels, metadata]));
  expect(new Set(stored).size).toBe(3 * PODS);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
});
