import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { LOOPBACK_CERT } from '../support/loopback-tls.ts';
import { benchOf, PATIENT, streams, synced } from './pod-bench.ts';

const DEPLOYED = { labels: { 'pod-template-hash': 'abc' }, owner: { kind: 'ReplicaSet', name: 'cart-abc' } };

describe('labels of a pod', () => {
  test('arrive on its lines', async () => {
    const { bench, api } = await benchOf();
    api.put({ uid: 'u-1', name: 'cart-abc-x', ...DEPLOYED });
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart-abc-x', container: 'web', uid: 'u-1' });
    bench.print(container, 'one');
    await bench.start();
    await bench.allStored();
    expect(streams(bench)).toStrictEqual([
      {
        labels: {
          app: 'cart',
          container: 'web',
          job: 'shop/cart',
          namespace: 'shop',
          node_name: 'node-1',
          service_name: 'cart',
          stream: 'stdout',
          workload: 'cart',
        },
        lines: ['one'],
      },
    ]);
    expect(bench.loki.entries()[0]?.metadata).toStrictEqual([['pod', 'cart-abc-x']]);
    expect(await bench.metric('logferry_partial_metadata_sources_total')).toBe(0);
    expect((await bench.page('/readyz')).status).toBe(200);
  });

  test('of a static pod, whose log is under the hash of its manifest', async () => {
    const { bench, api } = await benchOf();
    const hash = '0123456789abcdef0123456789abcdef';
    const annotations = { 'kubernetes.io/config.hash': hash, 'kubernetes.io/config.mirror': hash };
    api.put({ uid: 'mirror', name: 'etcd-node-1', namespace: 'kube-system', annotations, owner: { kind: 'Node', name: 'node-1' } });
    const container = bench.logs.start({ namespace: 'kube-system', pod: 'etcd-node-1', container: 'main', uid: hash });
    bench.print(container, 'one');
    await bench.start();
    await bench.allStored();
    expect(streams(bench)).toMatchObject([{ labels: { app: 'etcd', workload: 'etcd', container: 'main' } }]);
  });

  test('are not those of the pod that had its name before', async () => {
    const { bench, api } = await benchOf();
    await bench.start();
    const start = (uid: string, app: string): void => {
      api.put({ uid, name: 'db-0', labels: { app }, owner: { kind: 'StatefulSet', name: 'db' } });
      bench.print(bench.logs.start({ namespace: 'shop', pod: 'db-0', container: 'main', uid }), `of ${uid}`);
    };
    start('first', 'old');
    await bench.allStored();
    api.remove('first');
    start('second', 'new');
    await bench.allStored();
    expect(streams(bench).map(({ labels: { app }, lines }) => [app, lines])).toStrictEqual([
      ['old', ['of first']],
      ['new', ['of second']],
    ]);
  });

  test('are known although it was deleted before its log was read', async () => {
    const { bench, api } = await benchOf();
    api.put({ uid: 'u-1', name: 'job-x', labels: { app: 'report' } });
    await bench.start();
    await synced(bench, 1);
    api.remove('u-1');
    await synced(bench, 0);
    bench.print(bench.logs.start({ namespace: 'shop', pod: 'job-x', container: 'main', uid: 'u-1' }), 'late');
    await bench.allStored();
    expect(streams(bench)).toMatchObject([{ labels: { app: 'report' }, lines: ['late'] }]);
  });

  test('stay as they were while its log is open; those of the next log are new', async () => {
    const { bench, api } = await benchOf();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'one' } });
    const first = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    bench.print(first, 'before');
    await bench.start();
    await bench.allStored();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'two' } });
    const other = bench.logs.start({ namespace: 'shop', pod: 'other', container: 'web', uid: 'u-2' });
    bench.print(other, 'of another');
    api.put({ uid: 'u-2', name: 'other', labels: { app: 'other' } });
    await bench.allStored();
    bench.print(first, 'after');
    bench.print(bench.logs.restart(first), 'restarted');
    await bench.allStored();
    const apps = streams(bench).map(({ labels: { app }, lines }) => [app, lines]);
    expect(apps).toStrictEqual([
      ['one', ['before', 'after']],
      ['other', ['of another']],
      ['two', ['restarted']],
    ]);
  });

  test('through TLS, with a token that is replaced while it runs', async () => {
    const dir = join(tmpdir(), `logferry-test-token-${process.pid}`);
    const [ca, token] = [`${dir}-ca`, `${dir}-token`];
    const write = (text: string, seconds: number): void => {
      writeFileSync(token, text);
      utimesSync(token, seconds, seconds);
    };
    writeFileSync(ca, LOOPBACK_CERT);
    write('one', 1000);
    await using api = await FakeApiServer.start({ tls: true });
    api.token = 'one';
    const { bench } = await benchOf({ ...PATIENT, api_server: api.url, ca_file: ca, token_file: token });
    await bench.start();
    await synced(bench, 0);
    await bench.until(() => api.watching === 1);
    api.token = 'two';
    write('two', 2000);
    api.endWatches();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'cart' } });
    bench.print(bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' }), 'one');
    await bench.allStored();
    expect(streams(bench)).toMatchObject([{ labels: { app: 'cart' } }]);
    expect(api.lists).toHaveLength(1);
    rmSync(ca);
    rmSync(token);
  });
});

describe('a pod that is not known', () => {
  test('has its lines wait on disk until it is', async () => {
    const { bench, api } = await benchOf();
    await bench.start();
    await synced(bench, 0);
    bench.print(bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' }), 'one');
    await bench.until(async () => (await bench.metric('logferry_unread_bytes')) > 0);
    await bench.clock.advance(60_000);
    expect(bench.loki.counts.stored).toBe(0);
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'late' } });
    await bench.allStored();
    expect(streams(bench)).toMatchObject([{ labels: { app: 'late' }, lines: ['one'] }]);
  });

  test('I5 loses nothing when its files go while it is waited for', async () => {
    const { bench, api } = await benchOf();
    await bench.start();
    await synced(bench, 0);
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    bench.print(container, 'one');
    await bench.until(async () => (await bench.metric('logferry_unread_bytes')) > 0);
    bench.logs.removePod(container);
    await bench.until(async () => (await bench.metric('logferry_deleted_bytes')) > 0);
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'gone' } });
    await bench.allStored();
    expect(streams(bench)).toMatchObject([{ labels: { app: 'gone' }, lines: ['one'] }]);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('a server that is down at the start holds up no line for longer than was said, and names its lines once it is back', async () => {
    const { bench, api } = await benchOf({ metadata_wait_seconds: 5 });
    await api.down();
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    bench.print(container, 'one');
    const startedMs = bench.clock.monotonic();
    await bench.start();
    expect((await bench.page('/readyz')).body).toMatch(/^not ready: the API server has not said yet which pods this node has/);
    await bench.allStored();
    expect(bench.clock.monotonic() - startedMs).toBeGreaterThanOrEqual(5000);
    expect(streams(bench)).toMatchObject([{ labels: { app: 'web', namespace: 'shop' }, lines: ['one'] }]);
    expect(bench.loki.entries()[0]?.metadata).toStrictEqual([
      ['pod', 'cart'],
      ['metadata', 'partial'],
    ]);
    expect(await bench.metric('logferry_partial_metadata_sources_total')).toBe(1);
    expect((await bench.page('/readyz')).status).toBe(200);
    await api.up();
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'cart' } });
    await synced(bench, 1);
    await bench.clock.advance(1000);
    bench.print(container, 'two');
    await bench.allStored();
    expect(streams(bench).map(({ labels: { app }, lines }) => [app, lines])).toStrictEqual([
      ['web', ['one']],
      ['cart', ['two']],
    ]);
    expect(bench.loki.entries()[1]?.metadata).toStrictEqual([['pod', 'cart']]);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('I4 I5 loses nothing over rotations while it is waited for, and a stop then loses nothing either', async () => {
    const { bench, api } = await benchOf();
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web', uid: 'u-1' });
    await bench.start();
    for (let n = 0; n < 4; n += 1) {
      bench.print(container, `line ${n}`);
      await bench.rotate(container);
    }
    await bench.stop();
    expect(bench.loki.counts.stored).toBe(0);
    api.put({ uid: 'u-1', name: 'cart', labels: { app: 'cart' } });
    await bench.start();
    await bench.allStored();
    expect(streams(bench)).toMatchObject([{ labels: { app: 'cart' }, lines: ['line 0', 'line 1', 'line 2', 'line 3'] }]);
  });
});

test('sources that share a stream see each other before any of them sends, however far one is behind', async () => {
  const { bench, api } = await benchOf();
  const old = bench.logs.start({ namespace: 'shop', pod: 'b', container: 'web', uid: 'u-b' });
  bench.print(old, 'three hours ago');
  await bench.clock.advance(3 * 3_600_000);
  const young = bench.logs.start({ namespace: 'shop', pod: 'a', container: 'web', uid: 'u-a' });
  bench.print(young, 'now');
  for (const name of ['a', 'b']) api.put({ uid: `u-${name}`, name, labels: { app: 'web' } });
  await bench.start();
  await bench.allStored();
  expect(streams(bench)).toMatchObject([{ labels: { app: 'web' }, lines: ['three hours ago', 'now'] }]);
});

test('without an API server to be found names come from the path, at once, and it is said', async () => {
  const bench = await AgentBench.create({ config: { kubernetes: {} } });
  onTestFinished(() => bench[Symbol.asyncDispose]());
  bench.print(bench.logs.start({ namespace: 'shop', pod: 'cart', container: 'web' }), 'one');
  await bench.start();
  await bench.allStored();
  expect(bench.loki.entries()[0]?.metadata).toStrictEqual([['pod', 'cart']]);
  expect(bench.log.messages[0]).toMatch(/^no API server is known: names come from the path of a log alone/);
});
