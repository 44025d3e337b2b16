import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventOf, pushEvents } from '../support/audit-events.ts';
import { eventually } from '../support/eventually.ts';
import { LokiProcess, lokiProgram } from '../support/loki-process.ts';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly queryType: 'instant' | 'range' }[];
}

const program = lokiProgram();
const { panels } = JSON.parse(readFileSync(join(import.meta.dirname, '../../manifests/dashboards/audit.json'), 'utf8')) as {
  readonly panels: readonly Panel[];
};
/** What Grafana fills in. */
const VARIABLES: Readonly<Record<string, string>> = { $cluster: '.*', $user: '.*', $__auto: '5m', $__range: '1h' };
const TENANT = 'audit';
/** One that each panel shows, and no more. */
const EVENTS: readonly EventOf[] = [
  { verb: 'list' },
  { resource: 'secrets', verb: 'get' },
  { resource: 'configmaps', verb: 'delete', code: 403 },
  { user: '', code: 401, stage: 'ResponseStarted' },
  { user: 'system:anonymous', uri: '/healthz' },
  { resource: 'pods', subresource: 'exec', code: 101, stage: 'ResponseStarted' },
  { resource: 'rolebindings', verb: 'create', code: 201 },
];

describe.skipIf(program === null)('the dashboard of audit activity, asked of a real Loki', () => {
  let loki: LokiProcess;

  beforeAll(async () => {
    loki = await LokiProcess.start(program!, { alertmanagerUrl: 'http://127.0.0.1:1', rules: {} });
    await pushEvents(loki.url, TENANT, EVENTS);
  });
  afterAll(() => loki?.[Symbol.asyncDispose]());

  async function resultOf(expr: string, queryType: 'instant' | 'range', tenant: string): Promise<unknown[]> {
    const query = Object.entries(VARIABLES).reduce((text, [name, value]) => text.replaceAll(name, value), expr);
    const endpoint = queryType === 'instant' ? 'query' : 'query_range';
    const text = await loki.get(`/loki/api/v1/${endpoint}?${new URLSearchParams({ query }).toString()}`, tenant);
    return (JSON.parse(text) as { data: { result: unknown[] } }).data.result;
  }

  test.each(panels.map(({ title, targets }) => [title, targets] as const))('%s', async (_, targets) => {
    expect(targets).not.toEqual([]);
    for (const { expr, queryType } of targets) {
      await eventually(async () => expect(await resultOf(expr, queryType, TENANT)).not.toEqual([]));
      expect(await resultOf(expr, queryType, 'somebody-else')).toEqual([]);
    }
  });
});
