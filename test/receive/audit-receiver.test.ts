import { once } from 'node:events';
import { rm, utimes } from 'node:fs/promises';
import https from 'node:https';
import { join } from 'node:path';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditReceiver } from '../../agent/receive/audit-receiver.ts';
import { AuditSpool, type Stored } from '../../agent/receive/audit-spool.ts';
import { ELSEWHERE_CERT, EXPIRED_CERT, STRANGER_CERT } from '../support/faulty-certs.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { eventList, receiverBench, written } from './receiver-bench.ts';
import { spooledLines } from './spooled-lines.ts';

const EVENT = { level: 'Metadata', auditID: 'a', stage: 'ResponseComplete' };
const STORED: Stored = { kind: 'stored' };

/** Takes all, and keeps what it took. */
function listSink(answer: Stored = STORED): { lines: string[]; append: (lines: Buffer) => Promise<Stored> } {
  const lines: string[] = [];
  return { lines, append: async (more) => (lines.push(...more.toString().split('\n').slice(0, -1)), answer) };
}

function spoolIn(path: string, spoolBytes = 10_000_000): Promise<AuditSpool> {
  return AuditSpool.open({ directory: join(path, 'spool'), fileBytes: 3000, spoolBytes, clock: new FakeClock() });
}

function sorted(list: readonly unknown[]): string[] {
  return list.map((event) => JSON.stringify(event)).sort();
}

describe(AuditReceiver, () => {
  test('what was answered with 200 stands in the spool, event by event, from many API servers at once (I5)', async () => {
    const events = fc.record({
      level: fc.constantFrom('Metadata', 'Request'),
      auditID: fc.uuid(),
      stage: fc.constantFrom('RequestReceived', 'ResponseComplete'),
      requestObject: fc.jsonValue(),
    });
    const posts = fc.array(fc.tuple(fc.array(events, { maxLength: 5 }), fc.boolean()), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(posts, async (batches) => {
        await using dir = await tempDir();
        await using spool = await spoolIn(dir.path);
        await using bench = await receiverBench(dir.path, spool);
        const answers = await Promise.all(
          batches.map(([batch, packed]) =>
            packed ? bench.post(gzipSync(eventList(batch)), { headers: { 'content-encoding': 'gzip' } }) : bench.post(eventList(batch)),
          ),
        );
        expect(answers).toEqual(batches.map(() => ({ status: 200, text: '' })));
        const { lines } = await spooledLines(join(dir.path, 'spool'));
        const want = batches.flatMap(([batch]) => batch.map((event) => ({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', ...event })));
        expect(sorted(lines.map((line) => JSON.parse(line) as unknown))).toEqual(sorted(JSON.parse(JSON.stringify(want)) as unknown[]));
        expect(bench.receiver.counters).toMatchObject({ batches: batches.length, events: want.length, malformedEvents: 0 });
      }),
      { numRuns: 15 },
    );
  });

  test('there is no answer before the events are on disk', async () => {
    await using dir = await tempDir();
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    const { promise: stored, resolve: store } = Promise.withResolvers<Stored>();
    await using bench = await receiverBench(dir.path, { append: () => (take(), stored) });
    let isAnswered = false;
    const answer = bench.post(eventList([EVENT])).then((answered) => ((isAnswered = true), answered));
    await taken;
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAnswered).toBe(false);
    store(STORED);
    expect((await answer).status).toBe(200);
  });

  test.each([
    ['an empty body', '', {}, 400, 'malformed'],
    ['no JSON', 'hello', {}, 400, 'malformed'],
    ['half a list', eventList([EVENT]).slice(0, -1), {}, 400, 'malformed'],
    ['an event alone', JSON.stringify({ kind: 'Event', apiVersion: 'audit.k8s.io/v1', ...EVENT }), {}, 400, 'malformed'],
    ['protobuf', Buffer.from([0x6b, 0x38, 0x73, 0, 0xff]), {}, 400, 'malformed'],
    ['gzip that is none', eventList([EVENT]), { headers: { 'content-encoding': 'gzip' } }, 400, 'malformed'],
    ['gzip that breaks off', gzipSync(eventList([EVENT])).subarray(0, 40), { headers: { 'content-encoding': 'gzip' } }, 400, 'malformed'],
    ['another encoding', eventList([EVENT]), { headers: { 'content-encoding': 'br' } }, 415, 'malformed'],
    ['a large body', 'x'.repeat(100_001), {}, 413, 'too_large'],
    ['a large body in chunks', 'x'.repeat(100_001), { headers: { 'transfer-encoding': 'chunked' } }, 413, 'too_large'],
    ['a bomb', gzipSync('x'.repeat(10_000_000)), { headers: { 'content-encoding': 'gzip' } }, 413, 'too_large'],
    ['GET', '', { method: 'GET' }, 405, 'malformed'],
    ['another path', eventList([EVENT]), { path: '/other' }, 404, 'not_found'],
  ] as const)('%s is refused, said and counted, and nothing of it is stored', async (...row) => {
    const [, body, options, status, refusal] = row;
    await using dir = await tempDir();
    const sink = listSink();
    await using bench = await receiverBench(dir.path, sink);
    const answer = await bench.post(body, options);
    expect(answer).toEqual({ status, text: expect.stringMatching(/^.+\n$/) as string });
    expect(bench.receiver.counters.refused[refusal]).toBe(1);
    expect(bench.log.messages).toEqual(['a batch of audit events was refused']);
    expect((await bench.post(eventList([EVENT]))).status).toBe(200);
    expect(sink.lines).toHaveLength(1);
  });

  test('items that are no events are counted and keep none of their neighbours away (I6)', async () => {
    await using dir = await tempDir();
    const sink = listSink();
    await using bench = await receiverBench(dir.path, sink);
    const answer = await bench.post(eventList([EVENT, null, { ...EVENT, verb: 'prune me' }, 7, { ...EVENT, auditID: 'b' }]));
    expect(answer.status).toBe(200);
    expect(sink.lines.map((line) => (JSON.parse(line) as { auditID: string }).auditID)).toEqual(['a', 'b']);
    expect(bench.receiver.counters).toMatchObject({ events: 2, malformedEvents: 2, filteredEvents: 1 });
  });

  test.each([
    [{ kind: 'full' }, 'spool_full', 'the spool is full'],
    [{ kind: 'trouble', why: 'ENOSPC: no space left' }, 'disk', 'ENOSPC'],
  ] as const)('when the spool says %o, the API server is told to come again', async (stored, refusal, text) => {
    await using dir = await tempDir();
    await using bench = await receiverBench(dir.path, listSink(stored));
    expect(await bench.post(eventList([EVENT]))).toEqual({ status: 503, text: expect.stringContaining(text) as string });
    expect(bench.receiver.counters).toMatchObject({ events: 0, refused: { [refusal]: 1 } });
  });

  test('bodies that together hold more than they may are told to come again, and give back what they held (I3)', async () => {
    await using dir = await tempDir();
    const { promise: stored, resolve: store } = Promise.withResolvers<Stored>();
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    await using bench = await receiverBench(dir.path, { append: () => (take(), stored) }, { heldBytes: 150 });
    const first = bench.post(eventList([EVENT]));
    await taken;
    expect(await bench.post(eventList([EVENT]))).toMatchObject({ status: 503 });
    store(STORED);
    expect((await first).status).toBe(200);
    expect((await bench.post(eventList([EVENT]))).status).toBe(200);
    expect(bench.receiver.counters.refused.busy).toBe(1);
  });

  describe('who may post', () => {
    test('a wrong token, none and another scheme are refused; the token may change meanwhile, and a file that is gone lets nobody in', async () => {
      await using dir = await tempDir();
      const tokenFile = await written(join(dir.path, 'token'), 'first\n');
      const sink = listSink();
      await using bench = await receiverBench(dir.path, sink, { tokenFile });
      const status = async (authorization?: string): Promise<number> =>
        (await bench.post(eventList([EVENT]), authorization === undefined ? {} : { headers: { authorization } })).status;
      expect(await status('Bearer first')).toBe(200);
      for (const wrong of [undefined, 'Bearer second', 'Bearer firs', 'Bearer first2', 'Basic first', 'first', 'Bearer ']) {
        expect(await status(wrong)).toBe(401);
      }
      await written(tokenFile, 'second');
      await utimes(tokenFile, 1, 1);
      expect(await status('Bearer second')).toBe(200);
      expect(await status('Bearer first')).toBe(401);
      await written(tokenFile, '');
      await utimes(tokenFile, 2, 2);
      expect(await status('Bearer second')).toBe(401);
      await rm(tokenFile);
      expect(await status('Bearer second')).toBe(401);
      expect(sink.lines).toHaveLength(2);
      expect(JSON.stringify(bench.log.said)).not.toContain('second');
    });

    test.each([
      ['no certificate', undefined, 401],
      ["one of the CA's", LOOPBACK_CERT, 200],
      ["a stranger's", STRANGER_CERT, 401],
      ['one of another CA', ELSEWHERE_CERT, 401],
      ['one that has expired', EXPIRED_CERT, 401],
    ])('with %s', async (_, cert, status) => {
      await using dir = await tempDir();
      const clientCaFile = await written(join(dir.path, 'client-ca.crt'), LOOPBACK_CERT);
      const sink = listSink();
      await using bench = await receiverBench(dir.path, sink, { clientCaFile });
      const answer = await bench.post(eventList([EVENT]), cert === undefined ? {} : { cert, key: LOOPBACK_KEY });
      expect(answer.status).toBe(status);
      expect(sink.lines).toHaveLength(status === 200 ? 1 : 0);
    });

    test('the certificate must bear one of the names, where there are any', async () => {
      await using dir = await tempDir();
      const clientCaFile = await written(join(dir.path, 'client-ca.crt'), LOOPBACK_CERT);
      const asClient = { cert: LOOPBACK_CERT, key: LOOPBACK_KEY };
      await using known = await receiverBench(dir.path, listSink(), { clientCaFile, names: ['kube-apiserver', 'logferry test'] });
      await using unknown = await receiverBench(dir.path, listSink(), { clientCaFile, names: ['kube-apiserver'] });
      expect((await known.post(eventList([EVENT]), asClient)).status).toBe(200);
      expect((await unknown.post(eventList([EVENT]), asClient)).status).toBe(401);
    });

    test('a certificate does not stand in for a token: all that is configured is needed', async () => {
      await using dir = await tempDir();
      const clientCaFile = await written(join(dir.path, 'client-ca.crt'), LOOPBACK_CERT);
      const tokenFile = await written(join(dir.path, 'token'), 'token');
      await using bench = await receiverBench(dir.path, listSink(), { clientCaFile, tokenFile });
      const [certificate, headers] = [{ cert: LOOPBACK_CERT, key: LOOPBACK_KEY }, { authorization: 'Bearer token' }];
      expect((await bench.post(eventList([EVENT]), certificate)).status).toBe(401);
      expect((await bench.post(eventList([EVENT]), { headers })).status).toBe(401);
      expect((await bench.post(eventList([EVENT]), { ...certificate, headers })).status).toBe(200);
    });
  });

  test('a certificate that is replaced is used from the next connection on, and one that does not fit its key is not', async () => {
    await using dir = await tempDir();
    await using bench = await receiverBench(dir.path, listSink());
    const shown = async (): Promise<string> => {
      const socket = tls.connect({ host: '127.0.0.1', port: bench.receiver.port, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    };
    const before = await shown();
    await written(join(dir.path, 'tls.crt'), ELSEWHERE_CERT);
    const after = await shown();
    expect(after).not.toBe(before);
    await written(join(dir.path, 'tls.key'), 'torn');
    expect(await shown()).toBe(after);
    expect(bench.log.messages).toEqual(['certificates of the audit webhook cannot be read again, those before stay; repair its files']);
    await written(join(dir.path, 'tls.key'), LOOPBACK_KEY);
    await written(join(dir.path, 'tls.crt'), LOOPBACK_CERT);
    expect(await shown()).toBe(before);
  });

  test('a client that stops in the middle of a body is let go, and one that goes away is counted', async () => {
    await using dir = await tempDir();
    const sink = listSink();
    await using bench = await receiverBench(dir.path, sink, { requestMs: 50 });
    const request = https.request({ host: '127.0.0.1', port: bench.receiver.port, method: 'POST', ca: LOOPBACK_CERT, agent: false });
    request.setHeader('content-length', 1000);
    request.write('{"kind":');
    const ended = await Promise.race([once(request, 'response'), once(request, 'error').catch((error: unknown) => [error])]);
    expect(ended).toHaveLength(1);
    request.destroy();
    await expect.poll(() => bench.receiver.counters.refused.timeout).toBe(1);
    expect(sink.lines).toEqual([]);
  });

  test('the end waits for what was taken, and answers it', async () => {
    await using dir = await tempDir();
    const { promise: stored, resolve: store } = Promise.withResolvers<Stored>();
    const { promise: taken, resolve: take } = Promise.withResolvers<void>();
    const bench = await receiverBench(dir.path, { append: () => (take(), stored) });
    const answer = bench.post(eventList([EVENT]));
    await taken;
    const ended = bench[Symbol.asyncDispose]();
    store(STORED);
    expect((await answer).status).toBe(200);
    await ended;
    await expect(bench.post(eventList([EVENT]))).rejects.toThrow('ECONNREFUSED');
  });

  test('files that are not there, or are no certificates, are said at the start', async () => {
    await using dir = await tempDir();
    const clientCaFile = join(dir.path, 'absent.crt');
    await expect(receiverBench(dir.path, listSink(), { clientCaFile })).rejects.toThrow('absent.crt');
  });
});
