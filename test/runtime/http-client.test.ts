import { createServer, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { HttpClient } from '../../agent/runtime/http-client.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';

const NEVER = new AbortController().signal;
const NO_TLS = { caFile: null, certFile: null, keyFile: null, insecureSkipVerify: false };

/** A client of a server that answers as `answer` says. */
async function clientOf(answer: (response: ServerResponse) => void, timeoutMs: number): Promise<HttpClient> {
  const server = createServer((request, response) => request.resume().on('end', () => answer(response)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new HttpClient({ url: `http://127.0.0.1:${port}/push?x=1`, timeoutMs, connections: 1, tls: NO_TLS });
  onTestFinished(async () => {
    await client[Symbol.asyncDispose]();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

test('an answer that never ends is given up when the time is over, headers or not', async () => {
  const client = await clientOf((response) => void response.writeHead(500).write('slow'), 200);
  expect(await client.post({}, Buffer.from('x'), NEVER)).toMatchObject({ kind: 'failure', reason: 'timeout' });
});

test('of an answer without bounds the first 64 KiB are looked at', async () => {
  const client = await clientOf((response) => {
    response.writeHead(400);
    const more = (): void => {
      while (response.write('garbage '.repeat(4096)));
      response.once('drain', more);
    };
    more();
  }, 30_000);
  const answer = await client.post({}, Buffer.from('x'), NEVER);
  expect(answer).toMatchObject({ kind: 'answer', status: 400 });
  expect(answer.kind === 'answer' && answer.text.length).toBe(65_536);
});

test('what no network has said is thrown, not retried', async () => {
  const client = await clientOf((response) => void response.writeHead(204).end(), 1000);
  const broken = {
    get authorization(): string {
      throw new TypeError('a bug of ours');
    },
  };
  await expect(client.post(broken, Buffer.from('x'), NEVER)).rejects.toThrow('a bug of ours');
});

test('HTTP/1.1 is spoken, also with a server that would rather have HTTP/2', async () => {
  const server = createSecureServer({ allowHTTP1: true, cert: LOOPBACK_CERT, key: LOOPBACK_KEY });
  server.on('request', ({ httpVersion }, response) => response.end(httpVersion));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tls = { ...NO_TLS, insecureSkipVerify: true };
  await using client = new HttpClient({ url: `https://127.0.0.1:${port}/`, timeoutMs: 10_000, connections: 1, tls });
  expect(await client.post({}, Buffer.from('x'), NEVER)).toMatchObject({ status: 200, text: '1.1' });
  server.close();
});

test('a body is handed on as it comes, until nobody wants more of it', async () => {
  const client = await clientOf((response) => void response.writeHead(200, { 'retry-after': '7' }).write('one'), 30_000);
  const taken: [string, number][] = [];
  const take = (chunk: Buffer, status: number): boolean => {
    taken.push([chunk.toString(), status]);
    return false;
  };
  expect(await client.get({ path: '/watch', headers: {} }, take, NEVER)).toStrictEqual({ kind: 'end', status: 200, retryAfter: '7' });
  expect(taken).toStrictEqual([['one', 200]]);
});

test('a body in small pieces arrives whole and in order over pauses, also when a pause is under way at its end', async () => {
  const pieces = Array.from({ length: 200 }, (_, n) => `piece ${n} ${'x'.repeat(n * 7)}\n`);
  const clock = new FakeClock();
  const server = createServer((_, response) => {
    void (async () => {
      for (const piece of pieces) {
        response.write(piece);
        await turnOfTheLoop();
      }
      response.end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const options = { url: `http://127.0.0.1:${port}/`, timeoutMs: 10_000, connections: 1, tls: NO_TLS, pausedBytes: 1 };
  await using client = new HttpClient(options, clock);
  let text = '';
  const take = (chunk: Buffer): boolean => (text += chunk.toString()) !== '';
  const ended = new AbortController();
  const end = client.get({ path: '/', headers: {}, pauseMs: 100 }, take, NEVER).finally(() => ended.abort());
  while (!ended.signal.aborted) await clock.advance(10);
  expect(await end).toStrictEqual({ kind: 'end', status: 200, retryAfter: null });
  expect(text).toBe(pieces.join(''));
  expect(clock.wakeUps).toBeGreaterThan(0);
  server.close();
});
