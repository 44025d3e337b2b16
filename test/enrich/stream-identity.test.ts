import { describe, expect, test } from 'vitest';
import { GRAFANA_JOB, OTEL_SERVICE_NAME, OWN_SERVICE_NAME } from '../../agent/enrich/service-name.ts';
import { type LabelOptions, streamIdentity } from '../../agent/enrich/stream-identity.ts';
import { LABEL_PRESETS } from '../../agent/model/label-presets.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import type { Source } from '../../agent/model/source.ts';
import { podLike } from './some-pods.ts';

const SOURCE: Source = {
  id: 'shop_cart-7d4b9c-x2x4p_u-1/web/2',
  namespace: 'shop',
  pod: 'cart-7d4b9c-x2x4p',
  uid: 'u-1',
  container: 'web',
  attempt: 2,
  containerId: 'ab12',
  path: '/var/log/pods/shop_cart-7d4b9c-x2x4p_u-1/web/2.log',
};
const OPTIONS: LabelOptions = {
  preset: LABEL_PRESETS.standard,
  cluster: null,
  nodeName: 'node-1',
  staticLabels: {},
  metadata: ['pod'],
  serviceNames: { own: true, otel: true, grafanaJob: true },
  mappedLabels: { podLabels: {}, podAnnotations: {}, namespaceLabels: {} },
  mappedMetadata: { podLabels: {}, podAnnotations: {}, namespaceLabels: {} },
};
const ALL_METADATA = ['restart_count', 'container_id', 'pod_uid', 'pod'] as const;
const LABELS = {
  'pod-template-hash': '7d4b9c',
  'app.kubernetes.io/name': 'basket',
  'app.kubernetes.io/instance': 'basket-eu',
  'app.kubernetes.io/component': 'frontend',
};

describe('without a pod, the path alone', () => {
  test('standard: what a restart of the pod does not change', () => {
    expect(streamIdentity(SOURCE, null, STDOUT, OPTIONS)).toStrictEqual({
      labels: {
        namespace: 'shop',
        app: 'web',
        container: 'web',
        service_name: 'web',
        job: 'shop/web',
        stream: 'stdout',
        node_name: 'node-1',
      },
      metadata: [['pod', 'cart-7d4b9c-x2x4p']],
    });
  });

  test('the other channel differs in one label', () => {
    const { labels } = streamIdentity(SOURCE, null, STDERR, OPTIONS);
    expect(labels).toStrictEqual({ ...streamIdentity(SOURCE, null, STDOUT, OPTIONS).labels, stream: 'stderr' });
  });

  test('a pod that was waited for in vain is said to be missing on every line, and changes nothing else', () => {
    const { labels, metadata } = streamIdentity(SOURCE, null, STDOUT, OPTIONS);
    expect(streamIdentity(SOURCE, 'unknown', STDOUT, OPTIONS)).toStrictEqual({ labels, metadata: [...metadata, ['metadata', 'partial']] });
  });

  test('cluster and static labels come in addition, and replace none of the preset', () => {
    const { labels } = streamIdentity(SOURCE, null, STDOUT, {
      ...OPTIONS,
      cluster: 'prod-eu',
      staticLabels: { region: 'eu', namespace: 'wrong' },
    });
    expect(labels).toMatchObject({ cluster: 'prod-eu', region: 'eu', namespace: 'shop' });
  });

  test('metadata by name, in the order asked for; what is not known is left out', () => {
    const options: LabelOptions = { ...OPTIONS, metadata: ALL_METADATA };
    expect(streamIdentity(SOURCE, null, STDOUT, options).metadata).toStrictEqual([
      ['restart_count', '2'],
      ['container_id', 'ab12'],
      ['pod_uid', 'u-1'],
      ['pod', 'cart-7d4b9c-x2x4p'],
    ]);
    expect(streamIdentity({ ...SOURCE, containerId: '' }, null, STDOUT, options).metadata).toStrictEqual([
      ['restart_count', '2'],
      ['pod_uid', 'u-1'],
      ['pod', 'cart-7d4b9c-x2x4p'],
    ]);
    expect(streamIdentity(SOURCE, null, STDOUT, { ...OPTIONS, metadata: [] }).metadata).toStrictEqual([]);
  });
});

describe('with its pod', () => {
  test('standard', () => {
    expect(streamIdentity(SOURCE, podLike({ labels: LABELS }), STDOUT, { ...OPTIONS, cluster: 'prod-eu' })).toStrictEqual({
      labels: {
        cluster: 'prod-eu',
        namespace: 'shop',
        app: 'basket',
        container: 'web',
        service_name: 'basket',
        job: 'shop/basket',
        stream: 'stdout',
        node_name: 'node-1',
        instance: 'basket-eu',
        component: 'frontend',
        workload: 'cart',
      },
      metadata: [['pod', 'cart-7d4b9c-x2x4p']],
    });
  });

  test('promtail: the pod is a label, and so no metadata', () => {
    const options = { ...OPTIONS, preset: LABEL_PRESETS.promtail };
    expect(streamIdentity(SOURCE, podLike({ labels: LABELS }), STDERR, options)).toStrictEqual({
      labels: {
        namespace: 'shop',
        pod: 'cart-7d4b9c-x2x4p',
        container: 'web',
        node_name: 'node-1',
        app: 'basket',
        job: 'shop/basket',
        component: 'frontend',
        instance: 'basket-eu',
        stream: 'stderr',
      },
      metadata: [],
    });
  });

  test('otel: the names that Loki gives to OTLP', () => {
    const options: LabelOptions = { ...OPTIONS, preset: LABEL_PRESETS.otel, cluster: 'prod-eu', metadata: ALL_METADATA };
    expect(streamIdentity(SOURCE, podLike({ labels: LABELS }), STDERR, options)).toStrictEqual({
      labels: {
        k8s_cluster_name: 'prod-eu',
        k8s_namespace_name: 'shop',
        k8s_container_name: 'web',
        service_name: 'basket',
        k8s_deployment_name: 'cart',
      },
      metadata: [
        ['k8s_container_restart_count', '2'],
        ['container_id', 'ab12'],
        ['k8s_pod_uid', 'u-1'],
        ['k8s_pod_name', 'cart-7d4b9c-x2x4p'],
        ['service_instance_id', 'shop.cart-7d4b9c-x2x4p.web'],
        ['log_iostream', 'stderr'],
      ],
    });
  });

  test('minimal: namespace and service, the channel as metadata', () => {
    const options = { ...OPTIONS, preset: LABEL_PRESETS.minimal };
    expect(streamIdentity(SOURCE, podLike(), STDERR, options)).toStrictEqual({
      labels: { namespace: 'shop', service_name: 'cart' },
      metadata: [
        ['pod', 'cart-7d4b9c-x2x4p'],
        ['container', 'web'],
        ['stream', 'stderr'],
      ],
    });
  });

  test.each([
    [{ 'app.kubernetes.io/name': 'a', app: 'b', 'k8s-app': 'c' }, 'a'],
    [{ app: 'b', 'k8s-app': 'c' }, 'b'],
    [{ 'k8s-app': 'c' }, 'c'],
    [{ app: '' }, 'cart-7d4b9c'],
  ])('the app is what the first of the usual labels says, then the workload: %j', (labels, app) => {
    expect(streamIdentity(SOURCE, podLike({ labels }), STDOUT, OPTIONS).labels).toMatchObject({ app, job: `shop/${app}` });
  });

  test('the app of a pod that nothing manages is its name', () => {
    const pod = podLike({ labels: {}, controller: null });
    const { labels } = streamIdentity(SOURCE, pod, STDOUT, OPTIONS);
    expect(labels).toMatchObject({ app: 'cart-7d4b9c-x2x4p', service_name: 'web' });
    expect(labels).not.toHaveProperty('workload');
  });

  test('the service is what the annotation says before all else', () => {
    const pod = podLike({ labels: LABELS, annotations: { [OTEL_SERVICE_NAME]: 'checkout' } });
    expect(streamIdentity(SOURCE, pod, STDOUT, OPTIONS).labels).toMatchObject({ service_name: 'checkout', app: 'basket' });
    const off = { ...OPTIONS, serviceNames: { own: true, otel: false, grafanaJob: true } };
    expect(streamIdentity(SOURCE, pod, STDOUT, off).labels).toMatchObject({ service_name: 'basket' });
  });

  test('the job is what the annotation says, if that can be a label', () => {
    const jobIn = (name: string, options = OPTIONS): string | undefined =>
      streamIdentity(SOURCE, podLike({ labels: LABELS, annotations: { [GRAFANA_JOB]: name } }), STDOUT, options).labels['job'];
    expect([jobIn('integrations/nginx'), jobIn('\u0000')]).toStrictEqual(['integrations/nginx', 'shop/basket']);
    const off = { ...OPTIONS, serviceNames: { own: true, otel: true, grafanaJob: false } };
    expect(jobIn('integrations/nginx', off)).toBe('shop/basket');
  });

  test.each(['', ' ', 'a\nb', '\u0000', '\ud800', 'ä'.repeat(1025)])('a service is not called what can be no label: %j', (name) => {
    const pod = podLike({ labels: LABELS, annotations: { [OWN_SERVICE_NAME]: name, [OTEL_SERVICE_NAME]: 'checkout' } });
    expect(streamIdentity(SOURCE, pod, STDOUT, OPTIONS).labels).toMatchObject({ service_name: 'checkout' });
  });

  test('what is asked for of its labels and annotations becomes labels and metadata', () => {
    const mapped: LabelOptions = {
      ...OPTIONS,
      mappedLabels: {
        podLabels: { team: 'example.com/team', tier: 'tier' },
        podAnnotations: { owner: 'example.com/owner' },
        namespaceLabels: { env: 'env' },
      },
      mappedMetadata: {
        podLabels: { version: 'version' },
        podAnnotations: { commit: 'example.com/commit' },
        namespaceLabels: { cost: 'cost' },
      },
    };
    const labels = { 'example.com/team': 'checkout', tier: '', version: '1.2' };
    const annotations = { 'example.com/owner': 'ann', 'example.com/commit': 'a\nb' };
    const identity = streamIdentity(
      SOURCE,
      podLike({ labels, annotations, namespaceLabels: { env: 'prod', cost: '7', other: 'x' } }),
      STDOUT,
      mapped,
    );
    expect(identity.labels).toMatchObject({ team: 'checkout', owner: 'ann', env: 'prod', namespace: 'shop' });
    expect(identity.labels).not.toHaveProperty('tier');
    expect(identity.metadata).toStrictEqual([
      ['pod', 'cart-7d4b9c-x2x4p'],
      ['version', '1.2'],
      ['cost', '7'],
    ]);
    expect(streamIdentity(SOURCE, 'unknown', STDOUT, mapped).labels).not.toHaveProperty('team');
  });

  test('I9 equal sources and pods give equal identities, whatever else the pod is', () => {
    const one = streamIdentity({ ...SOURCE }, podLike({ labels: { ...LABELS, version: '1' } }), STDOUT, OPTIONS);
    expect(one).toStrictEqual(streamIdentity(SOURCE, podLike({ labels: { ...LABELS, version: '2' } }), STDOUT, OPTIONS));
  });
});
