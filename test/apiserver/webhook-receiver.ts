import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditWebhook } from '../../agent/audit-intake/audit-webhook.ts';
import { auditWebhookSchema } from '../../agent/config/audit-webhook-schema.ts';
import type { Prune } from '../../agent/receive/audit-receiver.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import { freePort } from '../support/free-port.ts';

const TOKEN = 'token-of-the-api-server';

/** Where an API server posts its audit events to: our receiver on a port that it keeps, over a spool that stays when it is down. */
export class WebhookReceiver implements AsyncDisposable {
  /** What an API server has to be started with. */
  readonly flags: readonly string[];
  readonly spoolDir: string;
  readonly #dir: string;
  readonly #port: number;
  readonly #prune: Prune;
  #webhook: AuditWebhook | null = null;

  private constructor(dir: string, port: number, prune: Prune) {
    this.#dir = dir;
    this.#port = port;
    this.#prune = prune;
    this.spoolDir = join(dir, 'audit-webhook');
    this.flags = webhookFlags(dir);
  }

  /** In an empty directory of the caller. */
  static async start(dir: string, prune: Prune): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(dir, await freePort(), prune);
    mkdirSync(receiver.spoolDir);
    writeWebhookFiles(dir, receiver.#port);
    await receiver.up();
    return receiver;
  }

  async up(): Promise<void> {
    const config = auditWebhookSchema.parse(webhookKeys(this.#dir, this.#port));
    const log = new LogRecorder().throttled(systemClock);
    this.#webhook = await AuditWebhook.open({ config, stateDir: this.#dir, prune: this.#prune, clock: systemClock, log });
  }

  /** Refuses every connection until it is up again. */
  async down(): Promise<void> {
    await this.#webhook?.[Symbol.asyncDispose]();
    this.#webhook = null;
  }

  /** Batches that were refused since it was up last. */
  get refused(): number {
    return Object.values(this.#webhook?.counters.refused ?? {}).reduce((sum, count) => sum + count, 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }
}

/** For an API server that posts to what the files in `dir` describe. */
export function webhookFlags(dir: string): string[] {
  return [
    `--audit-webhook-config-file=${join(dir, 'kubeconfig')}`,
    '--audit-webhook-batch-max-wait=100ms',
    '--audit-webhook-initial-backoff=500ms',
  ];
}

/** What both sides read. */
export function writeWebhookFiles(dir: string, port: number): void {
  const files = {
    token: TOKEN,
    'tls.crt': LOOPBACK_CERT,
    'tls.key': LOOPBACK_KEY,
    kubeconfig: JSON.stringify(kubeconfig(port, join(dir, 'tls.crt'))),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
}

/** The configuration of the receiver. */
export function webhookKeys(dir: string, port: number): object {
  return {
    listen: `127.0.0.1:${port}`,
    cert_file: join(dir, 'tls.crt'),
    key_file: join(dir, 'tls.key'),
    token_file: join(dir, 'token'),
    spool_file_bytes: 1_000_000,
  };
}

/** JSON is YAML. */
function kubeconfig(port: number, caFile: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'logferry', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority': caFile } }],
    users: [{ name: 'api-server', user: { token: TOKEN } }],
    contexts: [{ name: 'audit', context: { cluster: 'logferry', user: 'api-server' } }],
    'current-context': 'audit',
  };
}
