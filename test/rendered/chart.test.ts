import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../agent/config/load.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { agentOf, daemonSetOf, expectConfined, only, rulesOf } from './agent-pod.ts';
import { helmLint, helmRefusal, helmTemplate, kustomize, type Labels, type RenderedObject } from './render.ts';

const CHART = join(import.meta.dirname, '../../manifests/chart');
/** Labels of helm's convention; kustomize has no release to tell apart. */
const LABELS_OF_HELM = [
  'app.kubernetes.io/instance',
  'app.kubernetes.io/version',
  'app.kubernetes.io/managed-by',
  'helm.sh/chart',
] as const;
/** Every value that there is, so that no template goes unread. */
const ALL_VALUES = {
  image: { repository: 'registry.example/logferry', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  config: {
    cluster: 'prod-eu',
    node_name: '${NODE_NAME}',
    state_dir: '/data/logferry',
    containers: { log_dir: '/data/log' },
    limits: { drain_seconds: 40 },
    server: { listen: '[::]:9100' },
    outputs: [
      {
        name: 'loki',
        type: 'loki',
        url: 'https://loki.example/loki/api/v1/push',
        basic_auth: { username: 'shop', password_file: '/run/secrets/loki/password' },
      },
    ],
  },
  secrets: [{ name: 'loki-login', mountPath: '/run/secrets/loki' }],
  resources: { requests: { cpu: '100m', memory: '150Mi' } },
  tolerations: [{ key: 'dedicated', operator: 'Exists' }],
  nodeSelector: { pool: 'general' },
  affinity: { nodeAffinity: {} },
  priorityClassName: 'system-node-critical',
  updateStrategy: { type: 'OnDelete' },
  podAnnotations: { team: 'platform' },
  podLabels: { tier: 'node' },
  extraEnv: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }],
  extraVolumes: [{ name: 'promtail', hostPath: { path: '/run/promtail', type: 'Directory' } }],
  extraVolumeMounts: [{ name: 'promtail', mountPath: '/run/promtail', readOnly: true }],
  serviceAccount: { create: true, name: 'shipper', annotations: { role: 'arn:of:a:role' } },
  rbac: { namespaces: false },
  podMonitor: { enabled: true, labels: { release: 'prometheus' }, interval: '15s' },
  networkPolicy: {
    enabled: true,
    ingressFrom: [{ namespaceSelector: {} }],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
  },
  fullnameOverride: 'shipper',
} as const;

function without(labels: Labels | undefined, names: readonly string[]): Labels {
  return Object.fromEntries(Object.entries(labels ?? {}).filter(([name]) => !names.includes(name)));
}

/** Without what the two ways of installing cannot have in common: helm's labels, a name or an annotation that changes with the config, comments. */
function normalised(objects: readonly RenderedObject[]): unknown[] {
  const text = JSON.stringify(objects, (key, value: unknown) => {
    if (key === 'labels' || key === 'matchLabels') return without(value as Labels, LABELS_OF_HELM);
    if (key === 'annotations') return without(value as Labels, ['checksum/restart']);
    if (key === 'config.yaml') return parse(value as string) as unknown;
    return value;
  });
  const [hashed] = /logferry-[0-9a-z]{10}(?=")/.exec(text) ?? [];
  const unhashed = JSON.parse(hashed === undefined ? text : text.replaceAll(hashed, 'logferry')) as RenderedObject[];
  return unhashed.toSorted((a, b) => a.kind.localeCompare(b.kind));
}

describe('by default', () => {
  test('the chart makes the objects of the base, but for the namespace', () => {
    const base = normalised(kustomize('base').filter(({ kind }) => kind !== 'Namespace'));
    expect(base).toHaveLength(5);
    expect(normalised(helmTemplate())).toEqual(base);
  });

  test('its versions are those of this checkout', () => {
    const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as object;
    expect(chart).toMatchObject({ version: packageJson.version, appVersion: packageJson.version });
  });

  test('helm finds nothing to complain of', () => {
    expect(helmLint()).toContain('0 chart(s) failed');
    expect(helmLint(ALL_VALUES)).toContain('0 chart(s) failed');
  });
});

describe('with every value set', () => {
  const objects = helmTemplate(ALL_VALUES, { release: 'other', namespace: 'tools' });
  const { template, updateStrategy } = daemonSetOf(objects).spec;
  const pod = template.spec;
  const agent = agentOf(objects);

  test('no value is unknown to this test', () => {
    const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')) as object;
    expect(Object.keys(ALL_VALUES).sort()).toEqual(Object.keys(values).sort());
  });

  test('the pod is confined as ever', () => {
    expectConfined(objects);
  });

  test('the pod has what was asked for', () => {
    expect(agent).toMatchObject({ image: 'registry.example/logferry:1.2.3', imagePullPolicy: 'Always', resources: ALL_VALUES.resources });
    const { imagePullSecrets, tolerations, affinity, priorityClassName } = ALL_VALUES;
    expect(pod).toMatchObject({ imagePullSecrets, tolerations, affinity, priorityClassName, serviceAccountName: 'shipper' });
    expect(pod['nodeSelector']).toEqual({ 'kubernetes.io/os': 'linux', pool: 'general' });
    // What is merged into the map of the default, helm's way.
    expect(updateStrategy).toMatchObject({ type: 'OnDelete' });
    expect(template.metadata).toMatchObject({ annotations: { team: 'platform' }, labels: { tier: 'node' } });
    expect(agent.env).toContainEqual(ALL_VALUES.extraEnv[0]);
    expect(agent.volumeMounts).toContainEqual(ALL_VALUES.extraVolumeMounts[0]);
    expect(pod.volumes).toContainEqual(ALL_VALUES.extraVolumes[0]);
  });

  test('mounts, ports and the time to stop follow from the configuration', () => {
    expect(pod.terminationGracePeriodSeconds).toBe(55);
    expect(agent.ports).toEqual([{ name: 'http', containerPort: 9100 }]);
    expect(agent.volumeMounts).toContainEqual({ name: 'state', mountPath: '/data/logferry' });
    expect(agent.volumeMounts).toContainEqual({ name: 'pod-logs', mountPath: '/data/log/pods', readOnly: true });
    expect(pod.volumes).toContainEqual({ name: 'pod-logs', hostPath: { path: '/data/log/pods', type: 'Directory' } });
    expect(pod.volumes).toContainEqual({ name: 'state', hostPath: { path: '/data/logferry', type: 'DirectoryOrCreate' } });
  });

  test('a Secret is mounted where the configuration reads it, closed to all but root', () => {
    expect(agent.volumeMounts).toContainEqual({ name: 'secret-0', mountPath: '/run/secrets/loki', readOnly: true });
    expect(pod.volumes).toContainEqual({ name: 'secret-0', secret: { secretName: 'loki-login', defaultMode: 0o400 } });
  });

  test('the agent takes the configuration as it was written', () => {
    const text = only(objects, 'ConfigMap').data!['config.yaml']!;
    const loaded = parseConfig('config.yaml', text, { env: { NODE_NAME: 'node-1' }, hostname: 'not asked for' });
    expect(loaded).toMatchObject({ ok: true, config: { node_name: 'node-1', cluster: 'prod-eu', limits: { drain_seconds: 40 } } });
  });

  test('a PodMonitor stands in for the annotations', () => {
    expect(template.metadata.annotations).not.toHaveProperty('prometheus.io/scrape');
    expect(only(objects, 'PodMonitor')).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: {
        selector: { matchLabels: daemonSetOf(objects).spec.selector.matchLabels },
        podMetricsEndpoints: [{ port: 'http', interval: '15s' }],
      },
    });
  });

  test('a NetworkPolicy lets the agent ask for names and reach what was said', () => {
    const { ingress, egress } = only(objects, 'NetworkPolicy')['spec'] as { ingress: unknown; egress: unknown[] };
    expect(ingress).toEqual([{ ports: [{ port: 'http', protocol: 'TCP' }], from: ALL_VALUES.networkPolicy.ingressFrom }]);
    expect(egress.slice(1)).toEqual(ALL_VALUES.networkPolicy.egress);
  });

  test('the role is bound to the account of the release’s namespace, under a name of its own', () => {
    expect(only(objects, 'ClusterRoleBinding')).toMatchObject({
      metadata: { name: 'tools-shipper' },
      roleRef: { name: only(objects, 'ClusterRole').metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'shipper', namespace: 'tools' }],
    });
    expect(only(objects, 'ServiceAccount').metadata).toMatchObject({ name: 'shipper', annotations: { role: 'arn:of:a:role' } });
  });
});

test('without the API server there is neither a role nor a token', () => {
  const objects = helmTemplate({ config: { kubernetes: { enabled: false } } });
  expect(objects.map(({ kind }) => kind).sort()).toEqual(['ConfigMap', 'DaemonSet', 'ServiceAccount']);
  expect(daemonSetOf(objects).spec.template.spec).toMatchObject({ automountServiceAccountToken: false });
});

test('namespaces are got where that is asked for, with the right that the component gives', () => {
  const [pods, ...more] = rulesOf(helmTemplate({ rbac: { namespaces: true } }), 'ClusterRole');
  expect(pods).toMatchObject({ resources: ['pods'] });
  expect(more).toEqual(rulesOf(kustomize('components/namespace-labels'), 'ClusterRole'));
});

function checksumOf(config: object): string {
  return daemonSetOf(helmTemplate({ config })).spec.template.metadata.annotations!['checksum/restart']!;
}

test('another configuration is another pod where it needs a restart, and comes into force in the running one elsewhere', () => {
  const before = checksumOf({ cluster: 'a' });
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(checksumOf({ cluster: 'b', limits: { drain_seconds: 5 } })).toBe(before);
  expect(checksumOf({ cluster: 'a', limits: { open_files: 100 } })).not.toBe(before);
  expect(checksumOf({ cluster: 'a', kubernetes: { enabled: false } })).not.toBe(before);
});

test.each([
  ['a value that there is not', { tolerancies: [] }, "'tolerancies'"],
  ['no output', { config: { outputs: [] } }, '/config/outputs'],
  ['an output without an address', { config: { outputs: [{ name: 'loki', type: 'loki' }] } }, "'url'"],
  ['a relative directory', { config: { state_dir: 'state' } }, '/config/state_dir'],
  ['a listener without a port', { config: { server: { listen: '0.0.0.0' } } }, '/config/server/listen'],
  ['a digest that is none', { image: { digest: 'latest' } }, '/image/digest'],
  ['a Secret that goes nowhere', { secrets: [{ name: 'loki-login' }] }, "'mountPath'"],
  ['an account that nobody makes', { serviceAccount: { create: false } }, 'serviceAccount.name has to say'],
])('helm refuses %s', (_, values, reason) => {
  expect(helmRefusal(values)).toContain(reason);
});
