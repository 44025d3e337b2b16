import { expect, test } from 'vitest';
import { benchOf, PATIENT } from './pod-bench.ts';

test('labels and annotations of pods that are asked for arrive; what can be no label is named and loses no line', async () => {
  const labels = {
    from_pod_labels: { team: 'example.com/team' },
    from_pod_annotations: { cost_center: 'example.com/cost-center', owner: 'example.com/owner' },
    metadata_from_pod_labels: { version: 'version' },
  };
  const { bench, api } = await benchOf(PATIENT, { config: { labels } });
  const annotations = { 'example.com/cost-center': '4711', 'example.com/owner': 'x'.repeat(3000), 'example.com/other': 'x' };
  api.put({ uid: 'u-1', name: 'cart', labels: { 'example.com/team': 'checkout', version: '7' }, annotations });
  const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
  bench.print(container, 'one');
  await bench.start();
  await bench.allStored();
  const [entry] = bench.loki.entries();
  expect(entry?.stream.labels).toMatchObject({ team: 'checkout', cost_center: '4711', namespace: 'shop' });
  expect(entry?.stream.labels).not.toHaveProperty('owner');
  expect(entry?.metadata).toStrictEqual([
    ['pod', 'cart'],
    ['version', '7'],
  ]);
  expect(bench.log.said.filter(({ fields }) => 'annotation' in fields).map(({ fields }) => fields)).toStrictEqual([
    { namespace: 'shop', pod: 'cart', annotation: 'example.com/owner', value: 'x'.repeat(64) },
  ]);
});
