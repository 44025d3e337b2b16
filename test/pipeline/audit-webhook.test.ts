import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { auditNames } from '../../agent/assembly/output-parts.ts';
import { eventList, post, written } from '../receive/receiver-bench.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { AuditWriter, PLANTED } from '../support/audit-writer.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import { tempDir } from '../support/temp-dir.ts';

interface WebhookBench extends AsyncDisposable {
  readonly bench: AgentBench;
  /** Makes events, and writes the file that is read when the bench was asked for one. */
  readonly server: AuditWriter;
  /** Posts lines of events; returns the status. */
  readonly post: (lines: readonly string[]) => Promise<number>;
  /** Events of the store, an id and its stage each. */
  readonly ids: () => string[];
  readonly spoolFiles: () => string[];
  /** Of all events: the test's time runs ahead of the disk, and a store refuses what is an hour behind. */
  readonly startSeconds: number;
}

async function webhookBench({ file = false, webhook = {}, config = {} } = {}): Promise<WebhookBench> {
  const stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const server = new AuditWriter(join(dir.path, 'audit', 'audit.log'));
  const received = {
    listen: '127.0.0.1:0',
    cert_file: await written(join(dir.path, 'tls.crt'), LOOPBACK_CERT),
    key_file: await written(join(dir.path, 'tls.key'), LOOPBACK_KEY),
    ...webhook,
  };
  const audit = { ...(file ? { log_path: server.live } : {}), webhook: received };
  const bench = stack.use(await AgentBench.create({ loki: { auth: true }, config: { audit, ...config }, output: { tenant: 'apps' } }));
  const startSeconds = Math.floor(bench.clock.now() / 1000);
  return {
    bench,
    server,
    post: async (lines) => (await post(portOf(bench), eventList(lines.map((line) => JSON.parse(line) as object)))).status,
    ids: () => bench.loki.entries().flatMap(({ stream, line }) => (stream.tenant === 'audit' ? [idOf(line)] : [])),
    spoolFiles: () => readdirSync(join(bench.stateDir, 'audit-webhook')),
    startSeconds,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function portOf({ log }: AgentBench): number {
  const said = log.said.findLast(({ message }) => message === 'audit events are received');
  if (said === undefined) throw new Error('nothing is received');
  return (said.fields as { port: number }).port;
}

function idOf(line: Buffer): string {
  const { auditID, stage } = JSON.parse(line.toString()) as { auditID: string; stage: string };
  return `${auditID} ${stage}`;
}

describe('the audit webhook', () => {
  test('I5 what is posted is stored under the tenant of audit events, byte for byte, and without secrets', async () => {
    await using setup = await webhookBench();
    const { bench, server, startSeconds } = setup;
    await bench.start();
    const pods = server.line({ seconds: startSeconds });
    const requestObject = { kind: 'Secret', data: { password: PLANTED } };
    const secrets = server.line({ seconds: startSeconds, level: 'Request', resource: 'secrets', requestObject });
    expect(await setup.post([pods, secrets])).toBe(200);
    await bench.until(() => setup.ids().length === 2);
    expect(bench.loki.lines({ job: 'kube-audit' })[0]).toBe(pods);
    expect(bench.loki.lines().join('')).not.toContain(PLANTED);
    expect(await bench.globalMetric('logferry_audit_webhook_events_total')).toBe(2);
    expect(await bench.globalMetric('logferry_audit_webhook_spool_bytes')).toBeGreaterThan(pods.length);
    expect(await bench.globalMetric('logferry_ledger_unbalanced_bytes{output="loki.audit"}')).toBe(0);
  });

  test('I9 an event is sent once though it is posted twice and stands in the audit log too, and the books balance', async () => {
    await using setup = await webhookBench({ file: true });
    const { bench, server, startSeconds } = setup;
    await bench.start();
    const lines = Array.from({ length: 30 }, () => server.write({ seconds: startSeconds }));
    expect(await setup.post(lines)).toBe(200);
    await bench.until(() => setup.ids().length >= 30);
    expect(await setup.post(lines)).toBe(200);
    const last = server.line({ seconds: startSeconds });
    expect(await setup.post([last])).toBe(200);
    await bench.until(() => setup.ids().includes('id-30 ResponseComplete'));
    await bench.until(async () => (await bench.globalMetric('logferry_unread_bytes{output="loki.audit"}')) === 0);
    expect(setup.ids().toSorted()).toEqual(server.written.toSorted());
    const copied = lines.reduce((sum, line) => sum + line.length + 1, 0) * 2;
    expect(await bench.globalMetric('logferry_filtered_bytes_total{output="loki.audit"}')).toBe(copied);
    expect(await bench.globalMetric('logferry_ledger_unbalanced_bytes{output="loki.audit"}')).toBe(0);
  });

  test('I9 what is removed, masked or cut from an event is the same both ways', async () => {
    await using setup = await webhookBench({ file: true });
    const { bench, server, startSeconds } = setup;
    await bench.start();
    const event = { seconds: startSeconds, level: 'Request' };
    const lines = [
      server.write({ ...event, resource: 'secrets', requestObject: { kind: 'Secret', data: { password: PLANTED } } }),
      server.write({ ...event, requestObject: { kind: 'Pod', spec: { containers: [{ env: [{ name: 'A', value: PLANTED }] }] } } }),
      server.write({ ...event, requestObject: { kind: 'Pod', noise: 'x'.repeat(400_000) } }),
    ];
    expect(await setup.post(lines)).toBe(200);
    const last = server.line({ seconds: startSeconds });
    expect(await setup.post([last])).toBe(200);
    await bench.until(() => setup.ids().length >= 4);
    await bench.until(async () => (await bench.globalMetric('logferry_unread_bytes{output="loki.audit"}')) === 0);
    expect(setup.ids().toSorted()).toEqual(server.written.toSorted());
    expect(bench.loki.lines().join('')).not.toContain(PLANTED);
  });

  test('I1 I9 over kills an event that came both ways is stored, and what comes again is equal in all that a store looks at', async () => {
    await using setup = await webhookBench({
      file: true,
      webhook: { spool_file_bytes: 4096 },
      config: { checkpoint: { interval_seconds: 3 } },
    });
    const { bench, server, startSeconds } = setup;
    for (let life = 0; life < 4; life += 1) {
      await bench.start();
      for (let batch = 0; batch < 8; batch += 1) {
        const lines = Array.from({ length: 5 }, () => server.write({ seconds: startSeconds }));
        expect(await setup.post(lines)).toBe(200);
      }
      await bench.until(() => new Set(setup.ids()).size >= server.written.length - 20);
      await bench.kill();
      if (life % 2 === 0) server.rotate();
    }
    await bench.start();
    await bench.until(() => new Set(setup.ids()).size === server.written.length && setup.spoolFiles().length === 1);
    const entries = bench.loki
      .entries()
      .map(({ stream, seconds, nanos, line, metadata }) => JSON.stringify([stream, seconds, nanos, line.toString(), metadata]));
    expect(new Set(entries).size).toBe(server.written.length);
    expect(await bench.globalMetric('logferry_ledger_unbalanced_bytes{output="loki.audit"}')).toBe(0);
  });

  test('I1 files of the spool stay until their events are stored and positions say so on disk, and not longer', async () => {
    await using setup = await webhookBench({ webhook: { spool_file_bytes: 1024 } });
    const { bench, server, spoolFiles, startSeconds } = setup;
    await bench.start();
    await bench.loki.down();
    for (let n = 0; n < 5; n += 1) expect(await setup.post([server.line({ seconds: startSeconds })])).toBe(200);
    const start = bench.clock.monotonic();
    await bench.until(() => bench.clock.monotonic() > start + 20_000);
    expect(spoolFiles()).toHaveLength(3);
    await bench.loki.up();
    await bench.until(() => spoolFiles().length === 1);
    expect(setup.ids().toSorted()).toEqual(server.written);
    expect(bench.log.messages.filter((message) => message.includes('unread'))).toEqual([]);
  });

  test('I1 a file whose events are stored stays while the positions on disk do not say so', async () => {
    await using setup = await webhookBench({ webhook: { spool_file_bytes: 1024 }, config: { checkpoint: { interval_seconds: 3600 } } });
    const { bench, server, spoolFiles, startSeconds } = setup;
    await bench.start();
    for (let n = 0; n < 5; n += 1) expect(await setup.post([server.line({ seconds: startSeconds })])).toBe(200);
    await bench.until(() => setup.ids().length === 5);
    const start = bench.clock.monotonic();
    await bench.until(() => bench.clock.monotonic() > start + 20_000);
    expect(spoolFiles()).toHaveLength(3);
    await bench.stopInTime();
    await bench.start();
    await bench.until(() => spoolFiles().length === 1);
    expect(setup.ids()).toHaveLength(5);
  });

  test('I1 I8 over kills nothing that was answered is lost, and no file that was removed is missed', async () => {
    await using setup = await webhookBench({ webhook: { spool_file_bytes: 1024 } });
    const { bench, server, startSeconds } = setup;
    for (let life = 0; life < 3; life += 1) {
      await bench.start();
      for (let n = 0; n < 6; n += 1) expect(await setup.post([server.line({ seconds: startSeconds })])).toBe(200);
      await bench.until(() => new Set(setup.ids()).size >= server.written.length - 3);
      await bench.kill();
    }
    await bench.start();
    await bench.until(() => new Set(setup.ids()).size === server.written.length && setup.spoolFiles().length === 1);
    const gaps = bench.loki.entries().filter(({ metadata }) => metadata.some(([name]) => name === 'gap'));
    expect(gaps).toEqual([]);
    expect(await bench.globalMetric('logferry_ledger_unbalanced_bytes{output="loki.audit"}')).toBe(0);
  });
});

function problemsOf(logs: readonly string[]): readonly string[] {
  const webhook = { listen: '127.0.0.1:0', cert_file: '/c', key_file: '/k' };
  const outputs = [{ name: 'a', type: 'loki', url: 'http://loki/push', logs }];
  const parsed = parseConfig('test', JSON.stringify({ outputs, audit: { webhook } }), { env: {}, hostname: 'n' });
  if (!parsed.ok) return parsed.problems.map(({ message }) => message);
  return auditNames(parsed.config);
}

test('an output takes what is posted though no file is read; with none that takes it, nothing is received', () => {
  expect(problemsOf(['audit'])).toEqual(['a.audit']);
  expect(problemsOf(['containers'])).toEqual(['what API servers post would go nowhere, write audit into outputs[].logs']);
});
