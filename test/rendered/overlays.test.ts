import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../agent/config/load.ts';
import { agentOf, daemonSetOf, expectConfined, only, rulesOf } from './agent-pod.ts';
import { kustomize, type RenderedObject } from './render.ts';

const MANIFESTS = join(import.meta.dirname, '../../manifests');
const base = kustomize('base');

function named(objects: readonly RenderedObject[]): string[] {
  return objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

function specOf(objects: readonly RenderedObject[], kind: string): unknown {
  return only(objects, kind)['spec'];
}

test('every overlay that there is has its tests here', () => {
  expect(globSync('overlays/*', { cwd: MANIFESTS }).sort()).toEqual([
    'overlays/audit',
    'overlays/kind',
    'overlays/openshift',
    'overlays/production',
  ]);
});

test('the base is confined', () => {
  expectConfined(base);
});

test.each(['kind', 'openshift', 'production'])('overlay %s holds every object of the base', (overlay) => {
  expect(named(kustomize(`overlays/${overlay}`))).toEqual(expect.arrayContaining(named(base)));
});

describe('production', () => {
  const objects = kustomize('overlays/production');

  test('the agent is the base’s, with a class that lets a full node make room', () => {
    expectConfined(objects);
    const { priorityClassName, ...pod } = daemonSetOf(objects).spec.template.spec;
    expect(pod).toEqual(daemonSetOf(base).spec.template.spec);
    expect(priorityClassName).toBe(only(objects, 'PriorityClass').metadata.name);
    expect(only(objects, 'PriorityClass')['value']).toBeLessThanOrEqual(1_000_000_000);
  });

  test('a PodMonitor finds the pods, and no annotation has them scraped twice', () => {
    const { selector, template } = daemonSetOf(objects).spec;
    expect(template.metadata).not.toHaveProperty('annotations');
    expect(specOf(objects, 'PodMonitor')).toMatchObject({ selector, podMetricsEndpoints: [{ port: 'http', path: '/metrics' }] });
    expect(agentOf(objects).ports).toMatchObject([{ name: 'http' }]);
  });

  test('rolls out by a share of the nodes', () => {
    expect(daemonSetOf(objects).spec.updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } });
  });

  test('a NetworkPolicy binds the agent’s pods, in and out', () => {
    const { podSelector, policyTypes } = specOf(objects, 'NetworkPolicy') as { podSelector: object; policyTypes: string[] };
    expect(podSelector).toEqual(daemonSetOf(objects).spec.selector);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
  });
});

describe('openshift', () => {
  const objects = kustomize('overlays/openshift');
  const constraints = only(objects, 'SecurityContextConstraints');

  test('the agent is confined as elsewhere, but for SELinux, which keeps container_t from other containers’ logs', () => {
    expectConfined(objects, { seLinuxOptions: { type: 'spc_t' } });
  });

  test('its constraints allow what the pod has, and nothing of the node besides', () => {
    const allowed = Object.entries(constraints).flatMap(([key, value]) => (key.startsWith('allow') && value === true ? [key] : []));
    expect(allowed).toEqual(['allowHostDirVolumePlugin']);
    expect(constraints).toMatchObject({ requiredDropCapabilities: ['ALL'], readOnlyRootFilesystem: true, allowedCapabilities: [] });
    // `projected` is the token of the account.
    const kinds = daemonSetOf(objects)
      .spec.template.spec.volumes.flatMap((volume) => Object.keys(volume))
      .filter((key) => key !== 'name');
    expect(constraints['volumes']).toEqual(expect.arrayContaining([...new Set(kinds), 'projected']));
  });

  test('the agent’s account may use them, and asks for them', () => {
    expect(rulesOf(objects, 'Role')).toMatchObject([{ resourceNames: [constraints.metadata.name], verbs: ['use'] }]);
    expect(only(objects, 'RoleBinding')).toMatchObject({
      roleRef: { kind: 'Role', name: only(objects, 'Role').metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: only(objects, 'ServiceAccount').metadata.name, namespace: 'logferry' }],
    });
    expect(daemonSetOf(objects).spec.template.metadata.annotations).toMatchObject({
      'openshift.io/required-scc': constraints.metadata.name,
      'prometheus.io/scrape': 'true',
    });
  });
});

describe('kind', () => {
  const objects = kustomize('overlays/kind');

  test('the agent is the base’s', () => {
    expectConfined(objects);
    expect(daemonSetOf(objects).spec.template).toEqual(daemonSetOf(base).spec.template);
  });

  test('Loki is where the agent’s configuration says', () => {
    const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('logferry'))!;
    const [output] = (parse(config.data!['config.yaml']!) as { outputs: { url: string }[] }).outputs;
    const service = only(objects, 'Service');
    expect(new URL(output!.url).host).toBe(`${service.metadata.name}.${service.metadata.namespace}.svc`);
    expect(service).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 'http' }] } });
    expect(specOf(objects, 'Deployment')).toMatchObject({
      template: {
        metadata: { labels: (service['spec'] as { selector: object }).selector },
        spec: { containers: [{ ports: [{ name: 'http', containerPort: 3100 }] }] },
      },
    });
  });

  test('Loki takes a push without a tenant, as the agent’s configuration has none', () => {
    const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('loki-'))!;
    expect(config.metadata.namespace).toBe('loki');
    expect(parse(config.data!['loki-config.yaml']!)).toMatchObject({ auth_enabled: false, server: { http_listen_port: 3100 } });
  });
});

describe('audit', () => {
  const objects = kustomize('overlays/audit');
  const pod = daemonSetOf(objects).spec.template.spec;
  const log = pod.volumes.find(({ name }) => name === 'audit-log');

  test('is confined like the node agent, with no right at the API server at all', () => {
    expect(agentOf(objects)['securityContext']).toEqual(agentOf(base)['securityContext']);
    expect(named(objects).map((text) => text.split(' ')[0])).toEqual(['ServiceAccount', 'ConfigMap', 'DaemonSet']);
    expect(pod).toMatchObject({ serviceAccountName: 'logferry-audit', automountServiceAccountToken: false });
    for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) expect(pod).not.toHaveProperty(key);
  });

  test('shares neither pods nor folders with the node agents', () => {
    expect(daemonSetOf(objects).spec.selector).not.toEqual(daemonSetOf(base).spec.selector);
    const paths = new Set(daemonSetOf(base).spec.template.spec.volumes.map(({ hostPath }) => hostPath?.path));
    for (const { hostPath } of pod.volumes) if (hostPath !== undefined) expect([...paths]).not.toContain(hostPath.path);
  });

  test('runs on the nodes of the control plane', () => {
    expect(pod['nodeSelector']).toEqual({ 'kubernetes.io/os': 'linux', 'node-role.kubernetes.io/control-plane': '' });
    expect(pod['tolerations']).toEqual([{ operator: 'Exists' }]);
  });

  test('the agent takes its configuration, whose log lies in the directory that is mounted', () => {
    const { data, metadata } = only(objects, 'ConfigMap');
    const text = data!['config.yaml']!;
    const loaded = parseConfig('config.yaml', text, { env: { NODE_NAME: 'node-1' }, hostname: 'not asked for' });
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        state_dir: '/var/lib/logferry-audit',
        kubernetes: { enabled: false },
        audit: { log_path: `${log!.hostPath!.path}/audit.log`, tenant: 'audit' },
        outputs: [{ logs: ['audit'] }],
      },
    });
    expect(agentOf(objects).volumeMounts).toEqual([
      { name: 'audit-log', mountPath: log!.hostPath!.path, readOnly: true },
      { name: 'config', mountPath: '/etc/logferry', readOnly: true },
      { name: 'state', mountPath: '/var/lib/logferry-audit' },
    ]);
    expect(pod.volumes).toContainEqual({ name: 'config', configMap: { name: metadata.name } });
  });
});
