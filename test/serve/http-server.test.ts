import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { HttpServer, plain } from '../../agent/serve/http-server.ts';

const LOOPBACK = { host: '127.0.0.1', port: 0 };

async function request(server: HttpServer, path: string, method = 'GET'): Promise<[number, string]> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return [response.status, await response.text()];
}

describe(HttpServer, () => {
  test('GET and HEAD of its pages, asked anew every time, with whatever query', async () => {
    let asked = 0;
    await using server = await HttpServer.listen(LOOPBACK, {
      '/a': () => plain(200, `a ${(asked += 1)}\n`),
      '/b': async () => plain(503, 'b\n'),
    });
    expect(await request(server, '/a')).toStrictEqual([200, 'a 1\n']);
    expect(await request(server, '/a?x=/b')).toStrictEqual([200, 'a 2\n']);
    expect(await request(server, '/a', 'HEAD')).toStrictEqual([200, '']);
    expect(await request(server, '/b')).toStrictEqual([503, 'b\n']);
  });

  test('nothing else: no other path, no other method', async () => {
    await using server = await HttpServer.listen(LOOPBACK, { '/a': () => plain(200, ''), '/b': () => plain(200, '') });
    for (const path of ['/', '/a/', '/constructor', '/__proto__', '//a']) {
      expect(await request(server, path)).toStrictEqual([404, 'no such page; there are /a, /b\n']);
    }
    for (const method of ['POST', 'PUT', 'DELETE']) expect(await request(server, '/a', method)).toStrictEqual([405, 'only GET and HEAD\n']);
  });

  test('answers are text, and no browser shall guess otherwise', async () => {
    await using server = await HttpServer.listen(LOOPBACK, { '/a': () => plain(200, 'ä') });
    const { headers } = await fetch(`http://127.0.0.1:${server.port}/a`);
    expect([headers.get('content-type'), headers.get('content-length'), headers.get('x-content-type-options')]).toStrictEqual([
      'text/plain; charset=utf-8',
      '2',
      'nosniff',
    ]);
  });

  test('an address that is taken is said at once', async () => {
    await using server = await HttpServer.listen(LOOPBACK, {});
    await expect(HttpServer.listen({ host: '127.0.0.1', port: server.port }, {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('I7 closing does not wait for connections that stay open', async () => {
    const server = await HttpServer.listen(LOOPBACK, { '/a': () => plain(200, '') });
    const { port } = server;
    await request(server, '/a');
    await server[Symbol.asyncDispose]();
    const again = createServer();
    await new Promise<void>((resolve) => again.listen(port, '127.0.0.1', resolve));
    again.close();
  });
});
