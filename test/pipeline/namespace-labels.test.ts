import { describe, expect, test } from 'vitest';
import type { AgentBench } from '../support/agent-bench.ts';
import type { FakeApiServer } from '../support/fake-api-server.ts';
import { benchOf, PATIENT, streams } from './pod-bench.ts';

const MAPPED = { labels: { from_namespace_labels: { env: 'env' } } };

function start(bench: AgentBench, api: FakeApiServer, namespace: string): void {
  const uid = `u-${namespace}`;
  api.put({ uid, name: 'cart', namespace, labels: { app: 'cart' } });
  bench.print(bench.logs.start({ namespace, pod: 'cart', container: 'web', uid }), `of ${namespace}`);
}

describe('labels of namespaces', () => {
  test('arrive, and each namespace is asked for once', async () => {
    const { bench, api } = await benchOf(PATIENT, { config: MAPPED });
    api.namespaces.set('shop', { env: 'prod' }).set('dev', { other: 'x' });
    for (const namespace of ['shop', 'dev', 'gone']) start(bench, api, namespace);
    await bench.start();
    await bench.allStored();
    const stored = streams(bench).map(({ labels: { namespace, env, app } }) => `${namespace} ${env} ${app}`);
    expect(stored.sort()).toStrictEqual(['dev undefined cart', 'gone undefined cart', 'shop prod cart']);
    expect(api.namespacesAsked.sort()).toStrictEqual(['dev', 'gone', 'shop']);
  });

  test('are never asked for where nothing depends on them', async () => {
    const { bench, api } = await benchOf();
    start(bench, api, 'shop');
    await bench.start();
    await bench.allStored();
    expect(api.namespacesAsked).toStrictEqual([]);
  });

  test('decide which logs are collected, and lines wait for that', async () => {
    const { bench, api } = await benchOf(PATIENT, { config: { containers: { exclude: [{ namespace_labels: { env: 'test*' } }] } } });
    api.namespaces.set('shop', { env: 'prod' }).set('dev', { env: 'testing' });
    api.namespaceFaults.push(
      { kind: 'answer', status: 500 },
      { kind: 'reset' },
      { kind: 'answer', status: 429, headers: { 'retry-after': '1' } },
    );
    for (const namespace of ['dev', 'shop']) start(bench, api, namespace);
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 1);
    await bench.until(async () => (await bench.globalMetric('logferry_excluded_logs{reason="excluded"}')) === 1);
    await bench.clock.advance(60_000);
    expect(streams(bench)).toMatchObject([{ labels: { namespace: 'shop' }, lines: ['of shop'] }]);
  });

  test('that the agent may not read hold up no line for longer than was said, and its pod names it all the same', async () => {
    const { bench, api } = await benchOf({ metadata_wait_seconds: 5 }, { config: MAPPED });
    api.namespaceFaults.push(...Array.from({ length: 1000 }, () => ({ kind: 'answer', status: 403 }) as const));
    await bench.start();
    start(bench, api, 'shop');
    await bench.allStored();
    await bench.until(() => bench.log.messages.some((message) => message.startsWith('the API server refuses to tell of namespaces')));
    expect(streams(bench)).toMatchObject([{ lines: ['of shop'] }]);
  });
});
