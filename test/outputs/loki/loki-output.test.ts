import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LokiOutput, type LokiOutputOptions } from '../../../agent/outputs/loki/loki-output.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { LOOPBACK_CERT } from '../../support/loopback-tls.ts';
import { lineView } from '../../support/memory-output.ts';
import { PushServer } from '../../support/push-server.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { NO_TLS, plainLoki } from '../../support/plain-loki.ts';

const GOLDEN = '1f780a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176';
const NEVER = new AbortController().signal;

async function fileOf(content: string): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const path = join(dir.path, 'file');
  writeFileSync(path, content);
  return path;
}

/** Replaces a file's content, as Kubernetes does: with a later time of change. */
function replace(path: string, content: string): void {
  writeFileSync(path, content);
  utimesSync(path, 2_000_000_000, 2_000_000_000);
}

/** An output with the golden push sealed in a batch. */
function outputTo(server: { readonly url: string }, options: Partial<LokiOutputOptions> = {}) {
  const outcomes: string[] = [];
  const output = new LokiOutput(
    plainLoki(`${server.url}/loki/api/v1/push?x=1`, {
      connections: 2,
      compression: 'none',
      userAgent: 'logferry/1.2.3',
      onRequest: (outcome) => outcomes.push(outcome),
      ...options,
    }),
    new FakeClock(),
  );
  onTestFinished(() => output[Symbol.asyncDispose]());
  const encoder = output.encoder();
  const route = output.route({ labels: { a: 'b' }, metadata: [['k', 'v']] });
  encoder.append(route, Object.assign(lineView('hi'), { seconds: 1, nanos: 2 }));
  const body = encoder.seal([route.stream]);
  return { output, outcomes, route, body };
}

describe('on the wire', () => {
  test('a POST of the golden push in a snappy block, typed, without an encoding header', async () => {
    await using server = await PushServer.start();
    const { output, outcomes, body } = outputTo(server);
    expect(await output.push(body, NEVER)).toStrictEqual({ kind: 'stored' });
    const [{ method, path, headers, body: sent }] = server.received as [(typeof server.received)[0]];
    expect([method, path, sent.toString('hex')]).toStrictEqual(['POST', '/loki/api/v1/push?x=1', GOLDEN]);
    expect(headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'content-length': '33', 'user-agent': 'logferry/1.2.3' });
    for (const absent of ['content-encoding', 'x-scope-orgid', 'authorization']) expect(headers).not.toHaveProperty(absent);
    expect(outcomes).toStrictEqual(['204']);
  });

  test('tenant and extra headers', async () => {
    await using server = await PushServer.start();
    const { output, body } = outputTo(server, { tenant: 'team-a', headers: { 'X-Extra': '1', 'user-agent': 'mine' } });
    await output.push(body, NEVER);
    expect(server.received[0]?.headers).toMatchObject({ 'x-scope-orgid': 'team-a', 'x-extra': '1' });
  });

  test('JSON, plain and in gzip', async () => {
    await using server = await PushServer.start();
    for (const compression of ['none', 'gzip'] as const) {
      const { output, body } = outputTo(server, { format: 'json', compression });
      expect(await output.push(body, NEVER)).toStrictEqual({ kind: 'stored' });
    }
    const [plain, zipped] = server.received as [(typeof server.received)[0], (typeof server.received)[0]];
    const golden = '{"streams":[{"stream":{"a":"b"},"values":[["1000000002","hi",{"k":"v"}]]}]}';
    expect([plain.body.toString(), gunzipSync(zipped.body).toString()]).toStrictEqual([golden, golden]);
    expect([plain.headers['content-encoding'], zipped.headers['content-encoding']]).toStrictEqual([undefined, 'gzip']);
    for (const { headers } of [plain, zipped]) expect(headers['content-type']).toBe('application/json');
  });

  test('the same connection serves one push after the other', async () => {
    await using server = await PushServer.start();
    const { output, body } = outputTo(server);
    for (let pushes = 0; pushes < 3; pushes += 1) {
      server.answer = { status: 500, body: 'x'.repeat(200_000) };
      expect(await output.push(body, NEVER)).toMatchObject({ kind: 'retry', reason: 'server_error' });
    }
    expect(server.received).toHaveLength(3);
  });

  test('I9 the same entry gives the same bytes, from whichever output', async () => {
    expect(outputTo({ url: 'http://a' }).body).toStrictEqual(outputTo({ url: 'http://b' }).body);
  });
});

describe('credentials', () => {
  test('a bearer token, read again when its file has changed', async () => {
    await using server = await PushServer.start();
    const bearerTokenFile = await fileOf('first\n');
    const { output, body } = outputTo(server, { bearerTokenFile });
    await output.push(body, NEVER);
    replace(bearerTokenFile, 'second');
    await output.push(body, NEVER);
    expect(server.received.map(({ headers }) => headers.authorization)).toStrictEqual(['Bearer first', 'Bearer second']);
  });

  test('a password, read again when its file has changed', async () => {
    await using server = await PushServer.start();
    const passwordFile = await fileOf('pass:word\r\n');
    const { output, body } = outputTo(server, { basicAuth: { username: 'user', passwordFile } });
    await output.push(body, NEVER);
    replace(passwordFile, 'ünlock');
    await output.push(body, NEVER);
    expect(server.received.map(({ headers }) => headers.authorization)).toStrictEqual([
      'Basic dXNlcjpwYXNzOndvcmQ=',
      'Basic dXNlcjrDvG5sb2Nr',
    ]);
  });

  test('a file that is not there: nothing is sent, the operator is told which, and the data is held', async () => {
    await using server = await PushServer.start();
    const { output, body } = outputTo(server, { bearerTokenFile: '/nowhere/token' });
    expect(await output.push(body, NEVER)).toStrictEqual({
      kind: 'misconfigured',
      reason: 'unauthorized',
      detail: "credentials cannot be read: ENOENT: no such file or directory, stat '/nowhere/token'",
    });
    expect(server.received).toHaveLength(0);
  });
});

describe('TLS', () => {
  test('an authority from a file is trusted, read again when the file changes', async () => {
    await using server = await PushServer.start('https');
    const caFile = await fileOf('not a certificate');
    const { output, body } = outputTo(server, { tls: { ...NO_TLS, caFile } });
    expect(await output.push(body, NEVER)).toMatchObject({ kind: 'retry', reason: 'network' });
    replace(caFile, LOOPBACK_CERT);
    expect(await output.push(body, NEVER)).toStrictEqual({ kind: 'stored' });
  });

  test('nobody is trusted without being named; verification is off only when asked for', async () => {
    await using server = await PushServer.start('https');
    const wary = outputTo(server);
    expect(await wary.output.push(wary.body, NEVER)).toMatchObject({
      kind: 'retry',
      reason: 'network',
      detail: expect.stringMatching(/^self-signed certificate/) as string,
    });
    expect(server.received).toHaveLength(0);
    const blind = outputTo(server, { tls: { ...NO_TLS, insecureSkipVerify: true } });
    expect(await blind.output.push(blind.body, NEVER)).toStrictEqual({ kind: 'stored' });
  });

  test('a missing file holds the data', async () => {
    await using server = await PushServer.start('https');
    const { output, outcomes, body } = outputTo(server, { tls: { ...NO_TLS, caFile: '/nowhere/ca.pem' } });
    expect(await output.push(body, NEVER)).toMatchObject({ kind: 'retry', reason: 'network' });
    expect(outcomes).toStrictEqual(['network']);
  });
});

describe('no answer', () => {
  test('nobody listens', async () => {
    const server = await PushServer.start();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const { output, outcomes, body } = outputTo({ url });
    expect(await output.push(body, NEVER)).toMatchObject({ kind: 'retry', reason: 'network', afterMs: null });
    expect(outcomes).toStrictEqual(['network']);
  });

  test('an answer that does not come in time', async () => {
    await using server = await PushServer.start();
    server.answer = null;
    const { output, outcomes, body } = outputTo(server, { timeoutMs: 100 });
    expect(await output.push(body, NEVER)).toMatchObject({ kind: 'retry', reason: 'timeout' });
    expect(outcomes).toStrictEqual(['timeout']);
  });

  test('I7 a push that is called off ends at once', async () => {
    await using server = await PushServer.start();
    server.answer = null;
    const { output, body } = outputTo(server);
    const stop = new AbortController();
    const pushing = output.push(body, stop.signal);
    stop.abort();
    expect(await pushing).toMatchObject({ kind: 'retry' });
  });

  test('Retry-After of a gateway is heard', async () => {
    await using server = await PushServer.start();
    server.answer = { status: 503, headers: { 'retry-after': '7' }, body: 'busy' };
    const { output, body } = outputTo(server);
    expect(await output.push(body, NEVER)).toStrictEqual({
      kind: 'retry',
      reason: 'unavailable',
      detail: 'HTTP 503: busy',
      afterMs: 7000,
      streams: null,
    });
  });
});

describe('bodies', () => {
  test('open and select what was sealed', () => {
    const { output, body } = outputTo({ url: 'http://a' });
    const entries = [{ labels: '{a="b"}', timestampNs: '1000000002', line: Buffer.from('hi'), metadata: [['k', 'v']] }];
    expect(output.open(body)).toStrictEqual(entries);
    expect(output.open(output.select(body, [0]))).toStrictEqual(entries);
  });

  test('an entry that was never encoded reads as one that was, and is a copy', () => {
    const { output, route } = outputTo({ url: 'http://a' });
    const view = Object.assign(lineView('hi'), { seconds: 1, nanos: 2, metadata: [['partial', 'true']] as const });
    const plain = output.plain(route, view);
    view.buffer.fill(0);
    expect(plain).toStrictEqual({
      labels: '{a="b"}',
      timestampNs: '1000000002',
      line: Buffer.from('hi'),
      metadata: [
        ['k', 'v'],
        ['partial', 'true'],
      ],
    });
  });

  test('compressed or not, the entries are the same', () => {
    const snappy = outputTo({ url: 'http://a' }, { compression: 'snappy' });
    const literal = outputTo({ url: 'http://a' });
    expect(snappy.output.open(snappy.body)).toStrictEqual(literal.output.open(literal.body));
  });
});
