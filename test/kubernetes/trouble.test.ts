import { expect, test } from 'vitest';
import { troubleOfStatus } from '../../agent/kubernetes/trouble.ts';

test.each([
  [410, null, null, 'expired', null],
  [429, null, '7', 'throttled', 7000],
  [429, { details: { retryAfterSeconds: 3 } }, null, 'throttled', 3000],
  [429, null, 'Wed, 21 Oct 2026 07:28:00 GMT', 'throttled', null],
  [504, { message: 'Timeout: Too large resource version: 9, current: 3' }, null, 'version_too_large', null],
  [401, null, null, 'refused', null],
  [403, { message: 'pods is forbidden' }, null, 'refused', null],
  [500, null, null, 'server_error', null],
  [503, null, '0', 'server_error', null],
  [400, { message: 'invalid resource version' }, null, 'rejected', null],
  [204, null, null, 'server_error', null],
] as const)('%i %j Retry-After %s: %s', (status, body, retryAfter, ...[reason, afterMs]) => {
  expect(troubleOfStatus(status, body, retryAfter)).toMatchObject({ kind: 'trouble', reason, afterMs });
});

test('says what the server said, in bounds', () => {
  expect(troubleOfStatus(403, { message: 'pods is forbidden' }, null).detail).toBe('403: pods is forbidden');
  expect(troubleOfStatus(500, { message: 'x'.repeat(9999) }, null).detail.length).toBeLessThan(400);
  expect(troubleOfStatus(502, '<html>', null).detail).toBe('status 502');
});
