import { describe, expect, test } from 'vitest';
import { pushVerdict } from '../../../agent/outputs/loki/push-verdict.ts';

const NOW_MS = 1_714_564_800_000;

function verdict(status: number, text = '', retryAfter: string | null = null) {
  return pushVerdict({ kind: 'answer', status, retryAfter, date: null, text }, NOW_MS);
}

describe(pushVerdict, () => {
  test.each([200, 204])('%i is success', (status) => {
    expect(verdict(status, 'whatever')).toStrictEqual({ kind: 'stored' });
  });

  test.each([
    [201, 'retry', 'unexpected_status'],
    [202, 'retry', 'unexpected_status'],
    [206, 'retry', 'unexpected_status'],
    // A 2xx that says the data was blocked by policy.
    [260, 'refused', 'policy_blocked'],
    [301, 'retry', 'unexpected_status'],
    [302, 'retry', 'unexpected_status'],
    [400, 'refused', 'invalid'],
    [401, 'misconfigured', 'unauthorized'],
    [403, 'misconfigured', 'forbidden'],
    [404, 'misconfigured', 'not_found'],
    [405, 'misconfigured', 'not_found'],
    [408, 'retry', 'unexpected_status'],
    [409, 'retry', 'unexpected_status'],
    [413, 'refused', 'too_large'],
    [415, 'misconfigured', 'not_found'],
    [422, 'refused', 'invalid'],
    [425, 'retry', 'unexpected_status'],
    [429, 'retry', 'rate_limited'],
    [499, 'retry', 'unexpected_status'],
    [500, 'retry', 'server_error'],
    [502, 'retry', 'unavailable'],
    [503, 'retry', 'unavailable'],
    [504, 'retry', 'unavailable'],
    [599, 'retry', 'unavailable'],
  ])('%i: %s, %s', (status, kind, reason) => {
    expect(verdict(status)).toMatchObject({ kind, reason });
  });

  test('I5 no status but 200 and 204 lets data go unseen: the rest is retried, held, or refused by name', () => {
    const refused: number[] = [];
    for (let status = 201; status < 600; status += 1) {
      const { kind } = verdict(status);
      if (kind === 'refused') refused.push(status);
      if (status !== 204) expect(kind).not.toBe('stored');
    }
    expect(refused).toStrictEqual([260, 400, 413, 422]);
  });

  test.each(['network', 'timeout'] as const)('no answer (%s) is retried', (reason) => {
    expect(pushVerdict({ kind: 'failure', reason, detail: 'ECONNREFUSED' }, NOW_MS)).toStrictEqual({
      kind: 'retry',
      reason,
      detail: 'ECONNREFUSED',
      afterMs: null,
      streams: null,
    });
  });

  test.each([
    ['', 'retry', 'server_error'],
    ['rpc error: code = Unknown desc = who knows', 'retry', 'server_error'],
    // The store's own troubles say nothing of what was sent.
    ['at least 2 live replicas required, could only find 1 - unhealthy instances: 10.0.0.1:9095', 'retry', 'unavailable'],
    ['too many unhealthy instances in the ring', 'retry', 'unavailable'],
    ['empty ring', 'retry', 'unavailable'],
    ['rpc error: code = DeadlineExceeded desc = context deadline exceeded', 'retry', 'unavailable'],
    // What can never be stored.
    ['label name is empty', 'refused', 'bad_metadata'],
    ['normalization for label name "---" resulted in invalid name "_"', 'refused', 'bad_metadata'],
    ['rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5 vs. 4)', 'refused', 'too_large'],
  ])('I6 500 with %j: %s, %s', (text, kind, reason) => {
    expect(verdict(500, text)).toMatchObject({ kind, reason });
  });

  test('the detail is the status and the first line of what the store said', () => {
    expect(verdict(400, "\nentry for stream '{}' has timestamp too old\nmore\n")).toMatchObject({
      detail: "HTTP 400: entry for stream '{}' has timestamp too old",
    });
    expect(verdict(500)).toMatchObject({ detail: 'HTTP 500: ' });
    expect(verdict(400, 'x'.repeat(600))).toMatchObject({ detail: `HTTP 400: ${'x'.repeat(512)}...` });
  });
});

describe('Retry-After', () => {
  test.each([
    [null, null],
    ['', null],
    ['0', 0],
    ['7', 7000],
    ['120', 120_000],
    // No more than five minutes, whatever is asked for.
    ['86400', 300_000],
    ['Wed, 01 May 2024 12:00:30 GMT', 30_000],
    ['Wed, 01 May 2024 11:59:00 GMT', 0],
    ['Thu, 02 May 2024 12:00:00 GMT', 300_000],
    ['soon', null],
  ])('%j asks for %j ms', (value, afterMs) => {
    expect(verdict(429, '', value)).toMatchObject({ kind: 'retry', afterMs });
    expect(verdict(503, '', value)).toMatchObject({ kind: 'retry', afterMs });
  });
});
