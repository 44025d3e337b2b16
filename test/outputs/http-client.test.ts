import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { HttpClient } from '../../agent/outputs/http-client.ts';

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
