import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { LokiReadBack, ReadBackFailed } from '../../agent/demo/loki-read-back.ts';
import { LoopbackServer } from '../../agent/demo/loopback-server.ts';
import { queryRange } from '../../agent/demo/query-range.ts';
import { FakeClock } from '../support/fake-clock.ts';

const NOON = 1_714_564_800;

/** `count` entries of two containers, `perInstant` of which share a time. */
function entriesOf(count: number, perInstant: number) {
  return Array.from({ length: count }, (_, index) => ({
    seconds: NOON,
    nanos: Math.floor(index / perInstant),
    line: Buffer.from(`line ${index}`),
    metadata: [],
    stream: { tenant: 't', name: '', labels: { cluster: 'demo-1', container: index % 2 === 0 ? 'a' : 'b' } },
  }));
}

async function loki(answer: (request: IncomingMessage, parameters: URLSearchParams) => { status: number; message: string }) {
  const server = new LoopbackServer(async (request, response) => {
    const { status, message } = answer(request, new URL(request.url ?? '', 'http://localhost').searchParams);
    response.writeHead(status).end(message);
    await Promise.resolve();
  });
  await server.up();
  return server;
}

function readerOf({ url }: { url: string }): LokiReadBack {
  return new LokiReadBack({ url, tenant: 't' }, 'demo-1', new FakeClock());
}

describe(LokiReadBack, () => {
  test.each([1, 3, 4999])('12,000 entries come once each, %i of them at one time', async (perInstant) => {
    const stored = entriesOf(12_000, perInstant);
    await using server = await loki((_, parameters) => queryRange(stored, parameters));
    const lines = new Set<string>();
    let count = 0;
    for await (const { entry, labels } of readerOf(server).entries()) {
      count++;
      lines.add(`${entry.seconds}.${entry.nanos} ${labels['container']} ${entry.line.toString()}`);
    }
    expect([count, lines.size]).toStrictEqual([12_000, 12_000]);
    expect(lines.has(`${NOON}.0 a line 0`)).toBe(true);
  });

  test('more entries at one time than a page holds are no loss of ours', async () => {
    await using server = await loki((_, parameters) => queryRange(entriesOf(5001, 5001), parameters));
    const reading = readerOf(server).entries().next();
    await expect(reading).rejects.toThrow(new ReadBackFailed("more than 5000 entries have one time, Loki can't page through them"));
  });

  test('the count is asked for as a metric, with the tenant', async () => {
    const asked: string[] = [];
    await using server = await loki(({ headers }, parameters) => {
      asked.push(`${headers['x-scope-orgid'] as string} ${parameters.get('query')}`);
      return { status: 200, message: '{"data":{"resultType":"vector","result":[{"metric":{},"value":[1714564800,"4711"]}]}}' };
    });
    expect(await readerOf(server).count()).toBe(4711);
    expect(asked).toStrictEqual(['t sum(count_over_time({cluster="demo-1"}[4h]))']);
  });

  test('nothing stored yet is 0', async () => {
    await using server = await loki(() => ({ status: 200, message: '{"data":{"resultType":"vector","result":[]}}' }));
    expect(await readerOf(server).count()).toBe(0);
  });

  test('a refusal and an absence are told apart', async () => {
    const server = await loki(() => ({ status: 401, message: 'no org id' }));
    await expect(readerOf(server).count()).rejects.toThrow(new ReadBackFailed('query was answered with 401: no org id'));
    await server.down();
    await expect(readerOf(server).count()).rejects.toThrow(/^query at http:\/\/127\.0\.0\.1:\d+ failed: connect ECONNREFUSED/);
  });
});
