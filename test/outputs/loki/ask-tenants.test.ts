import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askTenants } from '../../../agent/outputs/loki/ask-tenants.ts';
import { LokiOutput, type LokiOutputOptions } from '../../../agent/outputs/loki/loki-output.ts';
import type { HttpAnswer } from '../../../agent/runtime/http-client.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLoki, type FakeLokiOptions } from '../../support/fake-loki.ts';
import { plainLoki } from '../../support/plain-loki.ts';
import { PushServer } from '../../support/push-server.ts';

const NEVER = new AbortController().signal;
const NO_STREAMS = '422 error at least one valid stream is required for ingestion\n';
const BAD_TENANT = "400 tenant ID is '.' or '..'\n";

function answerOf(written: string): HttpAnswer {
  const [, status = '', text = ''] = /^(\d+) (.*)$/s.exec(written) ?? [];
  if (status === '') return { kind: 'failure', reason: 'network', detail: written };
  return { kind: 'answer', status: Number(status), retryAfter: null, date: null, text };
}

/** What is made of answers, and the tenants that were named. */
async function ask(...answers: readonly string[]): Promise<readonly [string, readonly (string | null)[]]> {
  const named: (string | null)[] = [];
  const answer = await askTenants((tenant) => Promise.resolve(answerOf(answers[named.push(tenant) - 1]!)));
  return [answer, named];
}

function outputTo(url: string, options: Partial<LokiOutputOptions> = {}): LokiOutput {
  const output = new LokiOutput(plainLoki(url, { tenant: 'audit', ...options }), new FakeClock());
  onTestFinished(() => output[Symbol.asyncDispose]());
  return output;
}

describe(askTenants, () => {
  test.each([
    ['Loki', ['401 no org id\n'], 'separated'],
    ['Loki without auth', [NO_STREAMS, NO_STREAMS], 'together'],
    ['Loki behind a gateway that names a tenant for those who name none', [NO_STREAMS, BAD_TENANT], 'separated'],
    ['an older one behind such a gateway', [NO_STREAMS, '400 invalid tenant ID\n'], 'separated'],
    ['a gateway that knows what tenants there are', [NO_STREAMS, '403 no such tenant'], 'unknown'],
    ['a gateway that refuses', ['403 forbidden'], 'unknown'],
    ['a gateway that wants to know who asks', ['401 authorization required'], 'unknown'],
    ['a wrong path', ['404 not found'], 'unknown'],
    ['a relay that takes everything', ['204 '], 'unknown'],
    ['another 422', ['422 unprocessable'], 'unknown'],
    ['a store that is down', ['connect ECONNREFUSED'], 'later'],
    ['a store that is overloaded', ['503 no healthy upstream'], 'later'],
    ['a store that has had enough', ['429 slow down'], 'later'],
    ['a store that goes down between the two', [NO_STREAMS, '502 bad gateway'], 'later'],
  ])('%s', async (_, answers, expected) => {
    expect(await ask(...answers)).toStrictEqual([expected, answers.length === 2 ? [null, '..'] : [null]]);
  });
});

describe('an output asks', () => {
  test.each<[FakeLokiOptions['auth'], string]>([
    [true, 'separated'],
    [false, 'together'],
  ])('a store by the rules of Loki, in either format and whatever the compression (auth %s)', async (auth, expected) => {
    await using loki = await FakeLoki.start({ clock: new FakeClock(), auth: auth ?? false });
    for (const options of [{}, { compression: 'none' }, { format: 'json', compression: 'none' }, { format: 'json', compression: 'gzip' }])
      expect(await outputTo(loki.pushUrl, options as Partial<LokiOutputOptions>).tenants(NEVER)).toBe(expected);
    expect(loki.entries()).toStrictEqual([]);
  });

  test('by pushes of nothing that name no tenant, then none that can be, with all other headers; they are not counted as requests', async () => {
    await using server = await PushServer.start();
    server.answer = { status: 422, body: NO_STREAMS };
    const outcomes: string[] = [];
    const onRequest = (outcome: string): unknown => outcomes.push(outcome);
    const output = outputTo(`${server.url}/push?x=1`, { format: 'json', compression: 'gzip', headers: { 'X-Extra': '1' }, onRequest });
    expect(await output.tenants(NEVER)).toBe('together');
    expect(server.received.map(({ path, headers }) => [path, headers['x-scope-orgid'], headers['x-extra']])).toStrictEqual([
      ['/push?x=1', undefined, '1'],
      ['/push?x=1', '..', '1'],
    ]);
    expect(server.received.map(({ body }) => gunzipSync(body).toString())).toStrictEqual(['{"streams":[]}', '{"streams":[]}']);
    expect(outcomes).toStrictEqual([]);
  });

  test('later, while credentials cannot be read', async () => {
    const bearerTokenFile = join(import.meta.dirname, 'no-such-file');
    expect(await outputTo('http://127.0.0.1:1/push', { bearerTokenFile }).tenants(NEVER)).toBe('later');
  });
});
