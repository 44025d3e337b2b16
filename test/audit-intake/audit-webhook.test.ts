import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AuditWebhook } from '../../agent/audit-intake/audit-webhook.ts';
import { auditWebhookSchema } from '../../agent/config/audit-webhook-schema.ts';
import { eventList, post, written } from '../receive/receiver-bench.ts';
import { spooledLines } from '../receive/spooled-lines.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import { tempDir } from '../support/temp-dir.ts';

const ENTRY = { auditID: 'a', stage: 'ResponseComplete', requestURI: `/${'x'.repeat(700)}` };

async function openIn(directory: string, clock: FakeClock): Promise<AuditWebhook> {
  const config = auditWebhookSchema.parse({
    listen: '127.0.0.1:0',
    cert_file: await written(join(directory, 'tls.crt'), LOOPBACK_CERT),
    key_file: await written(join(directory, 'tls.key'), LOOPBACK_KEY),
    token_file: await written(join(directory, 'token'), 'token'),
    max_body_bytes: 1024,
    spool_file_bytes: 1024,
    spool_bytes: 3072,
  });
  return AuditWebhook.open({ config, stateDir: directory, prune: (event) => event, clock, log: new LogRecorder().throttled(clock) });
}

describe(AuditWebhook, () => {
  test('takes events until the spool is full, and more when those are stored that were first', async () => {
    await using dir = await tempDir();
    const clock = new FakeClock();
    await using webhook = await openIn(dir.path, clock);
    const status = async (): Promise<number> =>
      (await post(webhook.port, eventList([ENTRY]), { headers: { authorization: 'Bearer token' } })).status;
    expect(webhook.isFull).toBe(false);
    expect([await status(), await status(), await status(), await status()]).toEqual([200, 200, 200, 503]);
    expect(webhook.isFull).toBe(true);
    expect(webhook.counters).toMatchObject({ events: 3, refused: { spool_full: 1 } });
    const stop = new AbortController();
    let isStored = false;
    const running = webhook.run(() => !isStored, stop.signal);
    await clock.advance(5000);
    expect(await status()).toBe(503);
    isStored = true;
    await clock.advance(5000);
    await expect.poll(() => webhook.spoolBytes).toBeLessThan(1024);
    expect(webhook.isFull).toBe(false);
    expect(await status()).toBe(200);
    stop.abort();
    await running;
    expect((await spooledLines(join(dir.path, 'audit-webhook'))).lines).toHaveLength(2);
  });

  test('a certificate that is not there is said at the start, and nothing stays open', async () => {
    await using dir = await tempDir();
    const config = auditWebhookSchema.parse({ listen: '127.0.0.1:0', cert_file: '/nowhere/tls.crt', key_file: '/nowhere/tls.key' });
    const clock = new FakeClock();
    const parts = { config, stateDir: dir.path, prune: (event: Buffer) => event, clock, log: new LogRecorder().throttled(clock) };
    await expect(AuditWebhook.open(parts)).rejects.toThrow('/nowhere/tls.crt');
  });
});
