import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../agent/config/load.ts';
import type { Config } from '../../agent/config/schema.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { BASE, CONFINEMENT, type Container, OF_THE_NODE, objectsIn, onlyObjectIn, type PodSpec, RIGHTS } from '../support/manifests.ts';

const NODE_NAME = 'node-of-the-test';

interface DaemonSet {
  readonly spec: {
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object; readonly annotations: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
  };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly configMapGenerator: readonly { readonly name: string; readonly files: readonly string[] }[];
  readonly images: readonly { readonly newTag: string }[];
}

const kustomization = onlyObjectIn('kustomization.yaml') as Kustomization;
const { selector, template } = (onlyObjectIn('daemonset.yaml') as DaemonSet).spec;
const pod = template.spec;

async function shippedConfig(): Promise<Config> {
  const loaded = await loadConfig(join(BASE, 'config.yaml'), { env: { NODE_NAME }, hostname: 'not asked for' });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ key, message }) => `${key}: ${message}`).join('\n'));
  return loaded.config;
}

function onlyContainer(): Container {
  expect(pod.containers).toHaveLength(1);
  return pod.containers[0] as Container;
}

describe('kustomization', () => {
  test('names every file of the base', () => {
    const named = [...kustomization.resources, ...kustomization.configMapGenerator.flatMap(({ files }) => files), 'kustomization.yaml'];
    expect(named.sort()).toEqual(readdirSync(BASE).sort());
  });

  test('runs the version of this checkout', () => {
    expect(kustomization.images.map(({ newTag }) => newTag)).toEqual([packageJson.version]);
  });
});

describe('config', () => {
  test('passes the agent’s own loader and knows its node by the name that the API server has for it', async () => {
    expect((await shippedConfig()).node_name).toBe(NODE_NAME);
    expect(onlyContainer()['env']).toEqual([{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }]);
  });

  test('is the file that the pod reads, and hears of changes of: no subPath, and no name that changes', () => {
    const { args, volumeMounts } = onlyContainer();
    expect(args).toEqual(['run', '--config', '/etc/logferry/config.yaml']);
    // A mount with subPath never changes.
    expect(volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/logferry', readOnly: true });
    expect(kustomization.configMapGenerator).toEqual([
      { name: 'logferry', files: ['config.yaml'], options: { disableNameSuffixHash: true } },
    ]);
    expect(pod.volumes).toContainEqual({ name: 'config', configMap: { name: 'logferry' } });
  });

  test('I7: the pod may live longer than the agent drains', async () => {
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual((await shippedConfig()).limits.drain_seconds + 5);
  });

  test('probes and scrapes go where the agent listens', async () => {
    const port = Number((await shippedConfig()).server.listen.split(':').at(-1));
    const { ports, livenessProbe, readinessProbe } = onlyContainer();
    expect(ports.map(({ containerPort }) => containerPort)).toEqual([port]);
    expect(template.metadata.annotations).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/port': `${port}`,
      'prometheus.io/path': '/metrics',
    });
    expect(livenessProbe).toMatchObject({ httpGet: { path: '/healthz', port: 'http' } });
    expect(readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: 'http' } });
  });
});

describe('daemon set', () => {
  test('selects its own pods, on every Linux node', () => {
    expect(template.metadata.labels).toEqual(selector.matchLabels);
    expect(pod).toMatchObject({ nodeSelector: { 'kubernetes.io/os': 'linux' }, tolerations: [{ operator: 'Exists' }] });
  });

  test('shares no namespace with its node', () => {
    for (const key of OF_THE_NODE) expect(pod).not.toHaveProperty(key);
  });

  test('is root without anything that root can usually do', () => {
    expect(onlyContainer()['securityContext']).toEqual(CONFINEMENT);
    expect(pod).not.toHaveProperty('securityContext');
  });

  test('writes to its state directory and to nothing else', async () => {
    const { state_dir } = await shippedConfig();
    const writable = onlyContainer().volumeMounts.filter(({ readOnly }) => readOnly !== true);
    expect(writable).toEqual([{ name: 'state', mountPath: state_dir }]);
    expect(pod.volumes).toContainEqual({ name: 'state', hostPath: { path: state_dir, type: 'DirectoryOrCreate' } });
  });

  test('sees logs at the paths that the node has them at, and no more of the node', async () => {
    const { log_dir, allowed_roots } = (await shippedConfig()).containers;
    const hostPaths = pod.volumes.flatMap(({ name, hostPath }) =>
      hostPath === undefined || name === 'state' ? [] : [{ name, path: hostPath.path }],
    );
    const mounts = onlyContainer().volumeMounts;
    for (const { name, path } of hostPaths) expect(mounts).toContainEqual({ name, mountPath: path, readOnly: true });
    expect(hostPaths.map(({ path }) => path).sort()).toEqual([`${log_dir}/containers`, ...allowed_roots].sort());
  });

  test('bounds memory and leaves CPU free', () => {
    expect(onlyContainer()['resources']).toEqual({ requests: { cpu: '50m', memory: '100Mi' }, limits: { memory: '256Mi' } });
  });
});

describe('permissions', () => {
  const [role, binding] = objectsIn('rbac.yaml');

  test('reads pods, and nothing else', () => {
    expect(role).toMatchObject({
      kind: 'ClusterRole',
      rules: RIGHTS,
    });
    expect(binding).toMatchObject({
      kind: 'ClusterRoleBinding',
      roleRef: { kind: 'ClusterRole', name: 'logferry' },
      subjects: [{ kind: 'ServiceAccount', name: 'logferry', namespace: 'logferry' }],
    });
  });

  test('are those that the shipped configuration needs: it asks the cluster’s API server', async () => {
    const { enabled, ...keys } = (await shippedConfig()).kubernetes;
    expect(enabled).toBe(true);
    expect(keys).not.toHaveProperty('api_server');
  });

  test('only the agent’s pods get the account’s token', () => {
    expect(onlyObjectIn('service-account.yaml')).toMatchObject({ metadata: { name: 'logferry' }, automountServiceAccountToken: false });
    expect(pod).toMatchObject({ serviceAccountName: 'logferry', automountServiceAccountToken: true });
  });

  test('the namespace admits host paths', () => {
    expect(onlyObjectIn('namespace.yaml')).toMatchObject({
      metadata: { name: 'logferry', labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    });
  });
});
