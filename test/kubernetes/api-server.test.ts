import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ApiServer } from '../../agent/kubernetes/api-server.ts';
import type { PodList } from '../../agent/kubernetes/pod-watch.ts';
import type { Trouble } from '../../agent/kubernetes/trouble.ts';
import type { WatchEvent } from '../../agent/kubernetes/watch-event.ts';
import { eventually } from '../support/eventually.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { LOOPBACK_CERT } from '../support/loopback-tls.ts';

const NEVER = new AbortController().signal;

interface Bench {
  readonly server: FakeApiServer;
  readonly api: ApiServer;
  readonly codes: string[];
  readonly dir: string;
}

async function benchOf({
  tls = false,
  proxy = null,
  token = false,
}: {
  tls?: boolean;
  proxy?: URL | null;
  token?: boolean;
} = {}): Promise<Bench> {
  const server = await FakeApiServer.start({ tls });
  const dir = mkdtempSync(join(tmpdir(), 'logferry-test-'));
  writeFileSync(join(dir, 'ca.crt'), LOOPBACK_CERT);
  const codes: string[] = [];
  const address = { url: server.url, caFile: tls ? join(dir, 'ca.crt') : null, tokenFile: token ? join(dir, 'token') : null, proxy };
  const api = new ApiServer({ address, nodeName: 'node-1', userAgent: 'logferry/test', onRequest: (code) => codes.push(code) });
  onTestFinished(async () => {
    await api[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true });
  });
  return { server, api, codes, dir };
}

function uids(answer: PodList | Trouble): string[] {
  if (answer.kind !== 'list') throw new Error(answer.detail);
  return answer.pods.map(({ uid }) => uid);
}

/** Follows a watch, which must end by itself or by `signal`. */
function follow(api: ApiServer, version: string, signal: AbortSignal = NEVER): { events: WatchEvent[]; end: Promise<Trouble> } {
  const events: WatchEvent[] = [];
  return { events, end: api.watch({ version, timeoutSeconds: 300, isInitial: false }, (event) => events.push(event), signal) };
}

describe('namespaces', () => {
  test('their labels, none of one that is gone', async () => {
    const { server, api, codes } = await benchOf();
    server.namespaces.set('shop', { env: 'prod' });
    expect(await api.namespaceLabels('shop', NEVER)).toStrictEqual({ kind: 'labels', labels: { env: 'prod' } });
    expect(await api.namespaceLabels('gone', NEVER)).toStrictEqual({ kind: 'labels', labels: {} });
    expect(codes).toStrictEqual(['200', '404']);
  });

  test.each(['{}', 'nothing', '[]'])('an answer that is none is a trouble: %s', async (text) => {
    const { server, api } = await benchOf();
    server.namespaceFaults.push({ kind: 'bytes', text });
    expect(await api.namespaceLabels('shop', NEVER)).toMatchObject({ kind: 'trouble', reason: 'malformed' });
  });

  test('are to be had while a watch is open', async () => {
    const { server, api } = await benchOf();
    server.namespaces.set('shop', {});
    const stop = new AbortController();
    const { end } = follow(api, '100', stop.signal);
    expect(await api.namespaceLabels('shop', NEVER)).toStrictEqual({ kind: 'labels', labels: {} });
    stop.abort();
    await end;
  });
});

describe('lists', () => {
  test.each([false, true])('the pods of this node, their metadata alone; TLS %s', async (tls) => {
    const { server, api, codes } = await benchOf({ tls });
    server.put({ uid: 'a', name: 'a' });
    server.put({ uid: 'b', name: 'b', nodeName: 'node-2' });
    const answer = await api.list('0', NEVER);
    expect(uids(answer)).toStrictEqual(['a']);
    expect(answer).toMatchObject({ version: '102' });
    expect(codes).toStrictEqual(['200']);
    const [{ query, headers }] = server.lists as [(typeof server.lists)[0]];
    expect(Object.fromEntries(query)).toStrictEqual({ fieldSelector: 'spec.nodeName=node-1', resourceVersion: '0' });
    expect(headers).toMatchObject({
      accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
      'user-agent': 'logferry/test',
    });
  });

  test('no version is asked for when the newest state is wanted', async () => {
    const { server, api } = await benchOf();
    expect(uids(await api.list(null, NEVER))).toStrictEqual([]);
    expect(server.lists[0]?.query.has('resourceVersion')).toBe(false);
  });

  test('a refusal is told by its status, with the time it asks for', async () => {
    const { server, api, codes } = await benchOf();
    server.listFaults.push({ kind: 'answer', status: 429, headers: { 'retry-after': '2' } });
    expect(await api.list('0', NEVER)).toStrictEqual({
      kind: 'trouble',
      reason: 'throttled',
      status: 429,
      afterMs: 2000,
      detail: '429: a fault of the test',
    });
    expect(await api.list('999', NEVER)).toMatchObject({ reason: 'version_too_large' });
    server.listFaults.push({ kind: 'reset' });
    expect(await api.list('0', NEVER)).toMatchObject({ reason: 'network' });
    server.listFaults.push({ kind: 'bytes', text: '{"kind":"PodL' });
    expect(await api.list('0', NEVER)).toMatchObject({ reason: 'malformed' });
    await server.down();
    expect(await api.list('0', NEVER)).toMatchObject({ reason: 'network' });
    expect(codes).toStrictEqual(['429', '504', 'network', '200', 'network']);
  });
});

describe('watches', () => {
  test('hand on what happens until they end', async () => {
    const { server, api } = await benchOf();
    const { events, end } = follow(api, '100');
    await eventually(() => expect(server.watching).toBe(1));
    expect(Object.fromEntries(server.watches[0]!.query)).toStrictEqual({
      fieldSelector: 'spec.nodeName=node-1',
      watch: '1',
      resourceVersion: '100',
      allowWatchBookmarks: 'true',
      timeoutSeconds: '300',
    });
    server.put({ uid: 'a', name: 'a' });
    server.bookmark();
    server.remove('a');
    server.endWatches();
    expect(await end).toMatchObject({ reason: 'closed' });
    expect(events.map(({ kind, version }) => [kind, version])).toStrictEqual([
      ['put', '101'],
      ['bookmark', '102'],
      ['removed', '103'],
    ]);
  });

  test('begin with all pods where the server knows of that', async () => {
    const { server, api } = await benchOf();
    server.streams = true;
    server.put({ uid: 'a', name: 'a' });
    const events: WatchEvent[] = [];
    const end = api.watch({ version: '0', timeoutSeconds: 300, isInitial: true }, (event) => events.push(event), NEVER);
    await eventually(() => expect(events).toHaveLength(2));
    server.endWatches();
    await end;
    expect(events.map(({ kind, version }) => [kind, version])).toStrictEqual([
      ['put', '101'],
      ['initial_end', '101'],
    ]);
    expect(Object.fromEntries(server.watches[0]!.query)).toMatchObject({ sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' });
    server.streams = false;
    expect(await api.watch({ version: null, timeoutSeconds: 300, isInitial: true }, () => undefined, NEVER)).toMatchObject({
      reason: 'rejected',
    });
    expect(server.watches[1]!.query.has('resourceVersion')).toBe(false);
  });

  test('a cut connection, an ERROR event, an unknown version and bytes that are no event', async () => {
    const { server, api } = await benchOf();
    const cut = follow(api, '100');
    await eventually(() => expect(server.watching).toBe(1));
    server.cutWatches();
    expect(await cut.end).toMatchObject({ reason: 'network' });
    const failed = follow(api, '100');
    await eventually(() => expect(server.watching).toBe(1));
    server.fail(500, 'etcd');
    expect(await failed.end).toMatchObject({ reason: 'error_event' });
    expect(await follow(api, '999').end).toMatchObject({ reason: 'version_too_large' });
    server.watchFaults.push({ kind: 'bytes', text: '{"type":"ADDED"}\n' }, { kind: 'answer', status: 410 });
    expect(await follow(api, '100').end).toMatchObject({ reason: 'malformed' });
    expect(await follow(api, '100').end).toMatchObject({ reason: 'expired' });
    server.compact();
    expect(await follow(api, '100').end).toMatchObject({ reason: 'expired' });
  });

  test('a watch that is throttled, reset or refused before it begins', async () => {
    const { server, api, codes } = await benchOf();
    server.watchFaults.push(
      { kind: 'answer', status: 429, headers: { 'retry-after': '3' } },
      { kind: 'reset' },
      { kind: 'answer', status: 403, message: 'pods is forbidden' },
    );
    expect(await follow(api, '100').end).toMatchObject({ reason: 'throttled', afterMs: 3000 });
    expect(await follow(api, '100').end).toMatchObject({ reason: 'network' });
    expect(await follow(api, '100').end).toMatchObject({ reason: 'refused', detail: '403: pods is forbidden' });
    expect(codes).toStrictEqual(['429', 'network', '403']);
  });

  test('I7 a watch on which nothing comes any more ends with its signal', async () => {
    const { server, api } = await benchOf();
    const stop = new AbortController();
    const { events, end } = follow(api, '100', stop.signal);
    await eventually(() => expect(server.watching).toBe(1));
    server.muteWatches();
    server.put({ uid: 'a', name: 'a' });
    stop.abort();
    expect(await end).toMatchObject({ reason: 'network' });
    expect(events).toStrictEqual([]);
  });

  test('I3 an event without an end is given up', async () => {
    const { server, api } = await benchOf();
    server.watchFaults.push({ kind: 'bytes', text: 'x'.repeat(5 * 1024 * 1024) });
    expect(await follow(api, '100').end).toMatchObject({ reason: 'malformed', detail: 'an event of more than 4194304 bytes' });
  });

  test('one that is given up ends, however silent the server is', async () => {
    const { server, api } = await benchOf();
    const stop = new AbortController();
    const { end } = follow(api, '100', stop.signal);
    await eventually(() => expect(server.watching).toBe(1));
    stop.abort();
    expect(await end).toMatchObject({ reason: 'network' });
  });
});

describe('credentials', () => {
  test('the token is read again when its file changes', async () => {
    const { server, api, dir } = await benchOf({ token: true });
    const write = (token: string, seconds: number): void => {
      writeFileSync(join(dir, 'token'), `${token}\n`);
      utimesSync(join(dir, 'token'), seconds, seconds);
    };
    write('one', 1000);
    server.token = 'one';
    expect(await api.list('0', NEVER)).toMatchObject({ kind: 'list' });
    server.token = 'two';
    expect(await api.list('0', NEVER)).toMatchObject({ reason: 'refused', detail: '401: Unauthorized' });
    write('two', 2000);
    expect(await api.list('0', NEVER)).toMatchObject({ kind: 'list' });
  });

  test('a token that is not there is said, not thrown', async () => {
    const { api, codes } = await benchOf({ token: true });
    const answer = await api.list('0', NEVER);
    expect(answer).toMatchObject({ reason: 'refused' });
    expect((answer as Trouble).detail).toMatch(/^the token cannot be read: ENOENT/);
    expect(codes).toStrictEqual([]);
  });

  test('a server that the certificate does not vouch for is not talked to', async () => {
    const server = await FakeApiServer.start({ tls: true });
    const address = { url: server.url, caFile: null, tokenFile: null, proxy: null };
    const api = new ApiServer({ address, nodeName: 'node-1', userAgent: 'x', onRequest: () => undefined });
    expect(await api.list('0', NEVER)).toMatchObject({ reason: 'network' });
    expect(server.lists).toHaveLength(0);
    await api[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
});

describe('through a proxy', () => {
  test.each([false, true])('lists and watches; TLS %s', async (tls) => {
    const proxied: string[] = [];
    const proxy = createServer((client) => client.once('data', (head) => tunnel(client, Buffer.from(head), proxied)));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const { server, api } = await benchOf({ tls, proxy: new URL(`http://127.0.0.1:${port}`) });
    onTestFinished(() => void proxy.close());
    server.put({ uid: 'a', name: 'a' });
    expect(uids(await api.list('0', NEVER))).toStrictEqual(['a']);
    const { end } = follow(api, '101');
    await eventually(() => expect(server.watching).toBe(1));
    server.endWatches();
    expect(await end).toMatchObject({ reason: 'closed' });
    expect(proxied[0]).toMatch(tls ? new RegExp(`^CONNECT 127.0.0.1:${server.port} `) : new RegExp(`^GET ${server.url}/api/v1/pods`));
  });
});

/** A proxy for tests: a tunnel for CONNECT, and for plain requests one to the server that the first of them names. */
function tunnel(client: Socket, head: Buffer, proxied: string[]): void {
  const text = head.toString('latin1');
  proxied.push(text);
  const isTunnel = text.startsWith('CONNECT ');
  const port = Number(/^\w+ (?:http:\/\/)?127\.0\.0\.1:(\d+)/.exec(text)?.[1]);
  const upstream = connect(port, '127.0.0.1', () => {
    if (isTunnel) client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    else upstream.write(head);
    client.pipe(upstream).pipe(client);
  });
  upstream.on('error', () => client.destroy());
  client.on('error', () => upstream.destroy());
}
