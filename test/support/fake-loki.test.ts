import { gzipSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { NOON, push, pushBody, send, startAtNoon } from './fake-loki-client.ts';

/** The golden request: stream `{a="b"}`, 1 s 2 ns, line `hi`, metadata k=v; as a snappy block of literals. */
const GOLDEN = Buffer.from('1f780a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176', 'hex');

describe('request', () => {
  test('the golden push is stored, with 204 and no body', async () => {
    await using loki = await startAtNoon({ auth: true, limits: { maxAgeSeconds: null } });
    expect(await send(loki, GOLDEN, { 'x-scope-orgid': 't1' })).toBe('204');
    expect(loki.entries()).toStrictEqual([
      {
        stream: { tenant: 't1', name: '{a="b"}', labels: { a: 'b' } },
        seconds: 1,
        nanos: 2,
        line: Buffer.from('hi'),
        metadata: [['k', 'v']],
      },
    ]);
    expect(loki.requests).toMatchObject([{ bodyBytes: 33, decodedBytes: 31, streams: ['{a="b"}'], entries: 1, overlaps: [], status: 204 }]);
  });

  test('the golden push as JSON is the same', async () => {
    await using loki = await startAtNoon({ limits: { maxAgeSeconds: null } });
    const json = Buffer.from('{"streams":[{"stream":{"a":"b"},"values":[["1000000002","hi",{"k":"v"}]]}]}');
    expect(await send(loki, json, { 'content-type': 'application/json; charset=utf-8' })).toBe('204');
    expect(await send(loki, gzipSync(json), { 'content-type': 'application/json', 'content-encoding': 'gzip' })).toBe('204');
    expect(await send(loki, GOLDEN)).toBe('204');
    expect(loki.lines({ a: 'b' })).toStrictEqual(['hi']);
    expect(loki.counts).toStrictEqual({ stored: 1, bytes: 2, known: 2 });
  });

  test('content encodings: snappy is a marker, gzip and deflate wrap the block, others are refused', async () => {
    await using loki = await startAtNoon({ limits: { maxAgeSeconds: null } });
    expect(await send(loki, GOLDEN, { 'content-encoding': 'snappy' })).toBe('204');
    expect(await send(loki, gzipSync(GOLDEN), { 'content-encoding': 'gzip' })).toBe('204');
    expect(await send(loki, GOLDEN, { 'content-encoding': 'zstd' })).toBe('400 Content-Encoding "zstd" not supported');
    expect(await send(loki, GOLDEN, { 'content-encoding': 'gzip' })).toContain('400 gzip: ');
  });

  test('a content type is mandatory and well formed', async () => {
    await using loki = await startAtNoon();
    expect(await send(loki, GOLDEN, { 'content-type': '' })).toBe('400 mime: no media type');
    expect(await send(loki, GOLDEN, { 'content-type': 'application/json; charset' })).toBe('400 mime: invalid media parameter');
  });

  test('malformed bodies store nothing', async () => {
    await using loki = await startAtNoon();
    expect(await send(loki, Buffer.alloc(0))).toBe('400 snappy: no length at the start of the block');
    expect(await send(loki, GOLDEN.subarray(2))).toContain('400 snappy: ');
    expect(
      await send(loki, Buffer.from('{"streams":[{"stream":{"a":"b"},"values":[[1,"x"]]}]}'), { 'content-type': 'application/json' }),
    ).toBe('400 the time of an entry is nanoseconds in a string');
    expect(loki.requests.map(({ streams }) => streams)).toStrictEqual([[], [], []]);
  });

  test('one bad label string fails the whole request', async () => {
    await using loki = await startAtNoon({ limits: { maxAgeSeconds: null } });
    const good = '0a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176';
    const bad = good.replace('7b613d2262227d', '7b2d3d2262227d');
    expect(await send(loki, compressSync(Buffer.from(good + bad, 'hex')))).toBe(
      `400 couldn't parse labels: {-="b"} at 1: expected a label name and ="`,
    );
    expect(loki.entries()).toStrictEqual([]);
  });

  test('no stream at all is 422, streams without entries are fine', async () => {
    await using loki = await startAtNoon();
    expect(await push(loki)).toBe('422 error at least one valid stream is required for ingestion');
    expect(await push(loki, [{ a: 'b' }])).toBe('204');
  });

  test('bodies beyond the limits', async () => {
    await using loki = await startAtNoon({ limits: { maxBodyBytes: 1000, maxDecodedBytes: 500, maxIngesterBytes: 200 } });
    expect(await send(loki, Buffer.alloc(1001))).toBe('413 request body too large, limit: 1000 bytes');
    expect(await send(loki, compressSync(Buffer.alloc(501)))).toBe('413 snappy: 501 bytes uncompressed, at most 500 are allowed');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x'.repeat(200)]])).toBe(
      '500 rpc error: code = ResourceExhausted desc = grpc: received message larger than max (272 vs. 200)',
    );
    expect(loki.counts.stored).toBe(0);
  });

  test('a push beyond the burst of its tenant can never succeed', async () => {
    await using loki = await startAtNoon({ limits: { burstBytes: 5 } });
    expect(await push(loki, [{ a: 'b' }, [NOON, 'abc', { k: 'v' }]])).toBe('204');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'abc'], [NOON, 'def']])).toBe(
      "429 ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '2' lines totaling '6' bytes, " +
        'reduce log volume or contact your Loki administrator to see if the limit can be increased',
    );
    expect(loki.lines()).toStrictEqual(['abc']);
  });

  test('tenants', async () => {
    await using loki = await startAtNoon({ auth: true });
    const tenant = (id: string) =>
      send(loki, pushBody([{ a: 'b' }, [NOON, id]]), { 'content-type': 'application/json', 'x-scope-orgid': id });
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x']])).toBe('401 no org id');
    expect(await tenant('a|b')).toBe('400 multiple org IDs present');
    expect(await tenant('a/b')).toBe("400 tenant ID 'a/b' contains unsupported character '/'");
    expect(await tenant('..')).toBe("400 tenant ID is '.' or '..'");
    expect(await tenant('x'.repeat(151))).toBe('400 tenant ID is too long: max 150 characters');
    expect(await tenant("team-a_1!.*'()")).toBe('204');
    expect(await tenant('team-b:limit=1')).toBe('204');
    expect(loki.entries().map(({ stream }) => stream.tenant)).toStrictEqual(["team-a_1!.*'()", 'team-b']);
  });

  test('without auth the tenant is ignored', async () => {
    await using loki = await startAtNoon();
    await send(loki, pushBody([{ a: 'b' }, [NOON, 'x']]), { 'content-type': 'application/json', 'x-scope-orgid': 'a|b' });
    expect(loki.entries().map(({ stream }) => stream.tenant)).toStrictEqual(['fake']);
  });

  test('its date is that of its clock', async () => {
    await using loki = await startAtNoon();
    const { headers } = await fetch(`${loki.url}/ready`);
    expect(headers.get('date')).toBe('Wed, 01 May 2024 12:00:00 GMT');
  });

  test('other paths and methods', async () => {
    await using loki = await startAtNoon();
    expect((await fetch(`${loki.url}/ready`)).status).toBe(200);
    expect((await fetch(`${loki.url}/loki/api/v2/push`)).status).toBe(404);
    expect((await fetch(loki.pushUrl)).status).toBe(405);
    expect(loki.requests).toStrictEqual([]);
  });
});

describe('faults', () => {
  test('answers instead of storing, as often as asked for', async () => {
    await using loki = await startAtNoon();
    loki.fault({ kind: 'answer', status: 503, headers: { 'retry-after': '7' }, body: 'busy' }, { times: 2 });
    loki.fault({ kind: 'answer', status: 500, store: true });
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x']])).toBe('503 busy');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x']])).toBe('503 busy');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'y']])).toBe('500');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'z']])).toBe('204');
    expect(loki.lines()).toStrictEqual(['y', 'z']);
    expect(loki.requests.map(({ status }) => status)).toStrictEqual([503, 503, 500, 204]);
  });

  test('only for some requests, until cleared', async () => {
    await using loki = await startAtNoon();
    loki.fault({ kind: 'answer', status: 429 }, { times: Number.POSITIVE_INFINITY, when: ({ streams }) => streams.includes('{a="bad"}') });
    expect(await push(loki, [{ a: 'good' }, [NOON, 'x']])).toBe('204');
    expect(await push(loki, [{ a: 'bad' }, [NOON, 'x']])).toBe('429');
    loki.clearFaults();
    expect(await push(loki, [{ a: 'bad' }, [NOON, 'x']])).toBe('204');
  });

  test('a reset connection, before or after storing', async () => {
    await using loki = await startAtNoon();
    loki.fault({ kind: 'reset', stored: false });
    loki.fault({ kind: 'reset', stored: true });
    await expect(push(loki, [{ a: 'b' }, [NOON, 'lost']])).rejects.toThrow('fetch failed');
    await expect(push(loki, [{ a: 'b' }, [NOON, 'answer lost']])).rejects.toThrow('fetch failed');
    expect(loki.lines()).toStrictEqual(['answer lost']);
    expect(loki.requests.map(({ status }) => status)).toStrictEqual([null, null]);
  });

  test('no answer until the client gives up', async () => {
    await using loki = await startAtNoon();
    loki.fault({ kind: 'hang', stored: true });
    const patience = new AbortController();
    const request = fetch(loki.pushUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(pushBody([{ a: 'b' }, [NOON, 'x']])),
      signal: patience.signal,
    });
    await loki.waitFor(() => loki.counts.stored === 1);
    patience.abort();
    await expect(request).rejects.toThrow('aborted');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'y']])).toBe('204');
  });

  test('pushes in flight at once show whether they share a stream', async () => {
    await using loki = await startAtNoon();
    const gate = Promise.withResolvers<void>();
    loki.fault({ kind: 'slow', delay: gate.promise }, { times: 3 });
    const pushes = [];
    for (const name of ['b', 'c', 'b']) {
      pushes.push(push(loki, [{ a: name }, [NOON, 'x']]));
      await loki.waitFor(() => loki.requests.length === pushes.length);
    }
    gate.resolve();
    expect(await Promise.all(pushes)).toStrictEqual(['204', '204', '204']);
    await push(loki, [{ a: 'b' }, [NOON, 'x']]);
    expect(loki.requests.map(({ overlaps, inFlight }) => [inFlight, overlaps])).toStrictEqual([
      [1, []],
      [2, []],
      [3, ['{a="b"}']],
      [1, []],
    ]);
  });

  test('down and up again on the same port, with what was stored', async () => {
    await using loki = await startAtNoon();
    await push(loki, [{ a: 'b' }, [NOON, 'x']]);
    const { url } = loki;
    await loki.down();
    await expect(push(loki, [{ a: 'b' }, [NOON, 'y']])).rejects.toThrow('fetch failed');
    await loki.up();
    expect(loki.url).toBe(url);
    expect(await push(loki, [{ a: 'b' }, [NOON, 'z']])).toBe('204');
    expect(loki.lines()).toStrictEqual(['x', 'z']);
  });

  test('what is waited for and never comes fails when the fake Loki ends', async () => {
    const loki = await startAtNoon();
    const never = loki.waitFor(() => loki.counts.stored === 1);
    const failed = expect(never).rejects.toThrow('the fake Loki ended with 0 entries stored, 0 known, 0 requests');
    await loki[Symbol.asyncDispose]();
    await failed;
  });
});
