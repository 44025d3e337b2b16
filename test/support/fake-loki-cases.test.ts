import { expect, test } from 'vitest';
import { FakeLoki } from './fake-loki.ts';
import { pushCases } from './push-cases.ts';

const now = BigInt(Date.now()) * 1_000_000n;

/** The same table that the integration suite sends to a real Loki. */
test.each(pushCases('team-a', now))('$name: $status, as of a real Loki', async ({ status, headers, body }) => {
  await using loki = await FakeLoki.start({ auth: true });
  const response = await fetch(loki.pushUrl, { method: 'POST', headers, body: new Uint8Array(body) });
  expect(response.status).toBe(status);
});
