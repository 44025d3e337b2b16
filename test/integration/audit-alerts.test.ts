import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventOf, pushEvents } from '../support/audit-events.ts';
import { eventually } from '../support/eventually.ts';
import { LokiProcess, lokiProgram, shippedLokiFile } from '../support/loki-process.ts';
import { PushServer } from '../support/push-server.ts';

const program = lokiProgram();
/** The shipped rules, looked at every second. */
const RULES = shippedLokiFile('rules/audit.yaml').replaceAll(/(?<=interval: )\S+$/gm, '1s');

const denied: EventOf = { resource: 'secrets', verb: 'list', code: 403 };
const bind: EventOf = { resource: 'clusterrolebindings', verb: 'create', code: 201, namespace: '' };
const roleRef = { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' } };

function times(count: number, event: EventOf): EventOf[] {
  return Array.from({ length: count }, () => event);
}

/** Both events of one request that stays open. */
function twice(event: EventOf, index = 0): EventOf[] {
  return (['ResponseStarted', 'ResponseComplete'] as const).map((stage) => ({ ...event, stage, auditID: `${index}` }));
}

/** By tenant: its events, and the alerts that they cause. Each has one event more, lest the log be silent. */
const CASES: Readonly<Record<string, readonly [events: readonly EventOf[], alerts: readonly string[]]>> = {
  'ten-denials-of-one-user': [times(10, denied), ['AuditSecretsDenied']],
  'nine-denials': [times(9, denied), []],
  'five-denied-watches-recorded-twice': [[0, 1, 2, 3, 4].flatMap((index) => twice({ ...denied, verb: 'watch' }, index)), []],
  'ten-denials-of-two-users': [['alice', 'bob'].flatMap((user) => times(5, { ...denied, user })), []],
  'ten-denials-of-pods': [times(10, { ...denied, resource: 'pods' }), []],
  'ten-reads-of-secrets': [times(10, { ...denied, code: 200 }), []],
  'anonymous-read': [[{ user: 'system:anonymous', resource: 'pods' }], ['AuditAnonymousAccess']],
  'anonymous-watch-still-open': [[{ user: 'system:anonymous', verb: 'watch', stage: 'ResponseStarted' }], ['AuditAnonymousAccess']],
  'anonymous-metrics': [[{ user: 'system:anonymous', uri: '/metrics' }], ['AuditAnonymousAccess']],
  'anonymous-with-a-misleading-name': [
    [{ user: 'system:anonymous', userAgent: '/healthz /api/v1/namespaces/kube-public/configmaps/cluster-info' }],
    ['AuditAnonymousAccess'],
  ],
  'anonymous-and-refused': [times(20, { user: 'system:anonymous', resource: 'pods', code: 403 }), []],
  'anonymous-as-everybody-may': [
    ['/healthz', '/livez?verbose', '/readyz/ping', '/version', '/api/v1/namespaces/kube-public/configmaps/cluster-info?timeout=10s'].map(
      (uri) => ({ user: 'system:anonymous', uri }),
    ),
    [],
  ],
  'exec-that-has-just-begun': [
    [{ resource: 'pods', subresource: 'exec', verb: 'get', code: 101, stage: 'ResponseStarted' }],
    ['AuditExecIntoPod'],
  ],
  'attach-by-resource-and-subresource': [
    [{ resource: 'pods/attach', subresource: 'attach', verb: 'create', code: 101 }],
    ['AuditExecIntoPod'],
  ],
  'exec-denied': [twice({ resource: 'pods', subresource: 'exec', code: 403 }), []],
  'log-read': [twice({ resource: 'pods', subresource: 'log' }), []],
  'cluster-admin-bound': [[{ ...bind, requestObject: roleRef }], ['AuditClusterAdminBound']],
  'cluster-admin-given-to-one-more': [[{ ...bind, verb: 'patch', code: 200, responseObject: roleRef }], ['AuditClusterAdminBound']],
  'cluster-admin-in-a-namespace': [[{ ...bind, resource: 'rolebindings', requestObject: roleRef }], ['AuditClusterAdminBound']],
  'cluster-admin-by-name-alone': [[{ ...bind, verb: 'patch', code: 200, name: 'cluster-admin' }], ['AuditClusterAdminBound']],
  'another-role-bound': [[{ ...bind, requestObject: { roleRef: { ...roleRef.roleRef, name: 'view' } } }], []],
  'binding-refused': [[{ ...bind, code: 403, requestObject: roleRef }], []],
  'binding-looked-at': [[{ ...bind, verb: 'get', code: 200, name: 'cluster-admin', responseObject: roleRef }], []],
};
const SILENT = 'nothing-at-all';

interface Rule {
  readonly name: string;
  readonly state: string;
  readonly health: string;
  readonly lastEvaluation: string;
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

describe.skipIf(program === null)('the rules of manifests/loki in a real Loki', () => {
  let receiver: PushServer;
  let loki: LokiProcess;
  let pushedAt: number;

  beforeAll(async () => {
    receiver = await PushServer.start();
    const rules = Object.fromEntries([...Object.keys(CASES), SILENT].map((tenant) => [tenant, RULES]));
    loki = await LokiProcess.start(program!, { alertmanagerUrl: receiver.url, rules });
    await Promise.all(Object.entries(CASES).map(([tenant, [events]]) => pushEvents(loki.url, tenant, [{}, ...events])));
    pushedAt = Date.now();
  });
  afterAll(async () => {
    await loki?.[Symbol.asyncDispose]();
    await receiver?.[Symbol.asyncDispose]();
  });

  async function rulesOf(tenant: string): Promise<Rule[]> {
    const { data } = JSON.parse(await loki.get('/prometheus/api/v1/rules', tenant)) as { data: { groups: { rules: Rule[] }[] } };
    return data.groups.flatMap(({ rules }) => rules);
  }

  /** Which rules fire, once each has been evaluated over all that was pushed. */
  async function firing(tenant: string): Promise<string[]> {
    let rules: Rule[] = [];
    await eventually(async () => {
      rules = await rulesOf(tenant);
      expect(rules).toHaveLength(5);
      for (const { health, lastEvaluation } of rules) {
        expect(health).toBe('ok');
        expect(Date.parse(lastEvaluation)).toBeGreaterThan(pushedAt + 2000);
      }
    });
    return rules.filter(({ state }) => state === 'firing').map(({ name }) => name);
  }

  function received(): Alert[] {
    return receiver.received.flatMap(({ body }) => JSON.parse(body.toString()) as Alert[]);
  }

  test.each(Object.entries(CASES))('%s', async (tenant, [, alerts]) => {
    expect(await firing(tenant)).toEqual(alerts);
  });

  test('where nothing arrives, that is an alert', async () => {
    expect(await firing(SILENT)).toEqual(['AuditSilent']);
  });

  test('the receiver is told of each alert, and who it is about', async () => {
    const expected = Object.entries(CASES).flatMap(([cluster, [, alerts]]) => alerts.map((alertname) => `${cluster} ${alertname}`));
    await eventually(() => {
      const told = received().map(({ labels }) => `${labels['cluster']} ${labels['alertname']}`);
      expect([...new Set(told)].filter((text) => !text.endsWith('AuditSilent')).sort()).toEqual(expected.sort());
    });
    const alert = received().find(({ labels }) => labels['alertname'] === 'AuditSecretsDenied')!;
    expect(alert.labels).toMatchObject({ severity: 'critical', user: 'alice' });
    expect(alert.annotations['summary']).toBe('alice was denied secrets 10 times within a minute');
  });

  test('audit logs are kept for a year, those of other tenants for a week', async () => {
    expect(await loki.get('/config/tenant/v1/limits', 'audit')).toMatch(/^retention_period: 1y$/m);
    expect(await loki.get('/config/tenant/v1/limits', 'team-a')).toMatch(/^retention_period: 1w$/m);
    const config = await loki.get('/config', 'audit');
    expect(config).toMatch(/^ {2}retention_enabled: true$/m);
    expect(config).toMatch(/^ {2}delete_request_store: filesystem$/m);
  });
});

test.skipIf(program === null)('a real Loki takes the configuration of a store for audit logs alone', () => {
  const file = join(import.meta.dirname, '../../manifests/loki/audit-store.yaml');
  const { status, stderr } = spawnSync(program!, [`-config.file=${file}`, '-verify-config'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.stringContaining('config is valid')]);
});

describe.skipIf(program === null)('a real Loki refuses', () => {
  const alertmanagerUrl = 'http://127.0.0.1:1';

  test('a retention that is no duration', async () => {
    const overrides = shippedLokiFile('overrides.yaml').replace('8760h', 'a year');
    await LokiProcess.refuses(program!, { alertmanagerUrl, rules: { audit: RULES }, overrides }, 'a year');
  });

  test('a rule without its last bracket, and with it those of all tenants', async () => {
    const rules = { audit: RULES.replace(') >= 10', ' >= 10'), another: RULES };
    await LokiProcess.refuses(program!, { alertmanagerUrl, rules }, "could not parse expression for alert 'AuditSecretsDenied'");
  });
});
