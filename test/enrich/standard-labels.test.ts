import { describe, expect, test } from 'vitest';
import { type LabelOptions, standardLabels } from '../../agent/enrich/standard-labels.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import type { Source } from '../../agent/model/source.ts';

const SOURCE: Source = {
  id: 'shop_cart-7d4_u-1/app/2',
  namespace: 'shop',
  pod: 'cart-7d4',
  uid: 'u-1',
  container: 'app',
  attempt: 2,
  containerId: 'ab12',
  path: '/var/log/pods/shop_cart-7d4_u-1/app/2.log',
};
const OPTIONS: LabelOptions = { cluster: null, nodeName: 'node-1', staticLabels: {}, metadata: ['pod'] };

describe(standardLabels, () => {
  test('the preset: what a restart of the pod does not change', () => {
    expect(standardLabels(SOURCE, STDOUT, OPTIONS)).toStrictEqual({
      labels: {
        namespace: 'shop',
        app: 'app',
        container: 'app',
        service_name: 'app',
        job: 'shop/app',
        stream: 'stdout',
        node_name: 'node-1',
      },
      metadata: [['pod', 'cart-7d4']],
    });
  });

  test('the other channel differs in one label', () => {
    const { labels } = standardLabels(SOURCE, STDERR, OPTIONS);
    expect(labels).toStrictEqual({ ...standardLabels(SOURCE, STDOUT, OPTIONS).labels, stream: 'stderr' });
  });

  test('cluster and static labels come in addition, and replace none of the preset', () => {
    const { labels } = standardLabels(SOURCE, STDOUT, {
      ...OPTIONS,
      cluster: 'prod-eu',
      staticLabels: { region: 'eu', namespace: 'wrong' },
    });
    expect(labels).toMatchObject({ cluster: 'prod-eu', region: 'eu', namespace: 'shop' });
  });

  test('metadata by name, in the order asked for; what is not known is left out', () => {
    const options: LabelOptions = { ...OPTIONS, metadata: ['restart_count', 'container_id', 'pod_uid', 'pod'] };
    expect(standardLabels(SOURCE, STDOUT, options).metadata).toStrictEqual([
      ['restart_count', '2'],
      ['container_id', 'ab12'],
      ['pod_uid', 'u-1'],
      ['pod', 'cart-7d4'],
    ]);
    expect(standardLabels({ ...SOURCE, containerId: '' }, STDOUT, options).metadata).toStrictEqual([
      ['restart_count', '2'],
      ['pod_uid', 'u-1'],
      ['pod', 'cart-7d4'],
    ]);
    expect(standardLabels(SOURCE, STDOUT, { ...OPTIONS, metadata: [] }).metadata).toStrictEqual([]);
  });

  test('I9 equal sources give equal identities', () => {
    expect(standardLabels({ ...SOURCE }, STDOUT, OPTIONS)).toStrictEqual(standardLabels(SOURCE, STDOUT, OPTIONS));
  });
});
