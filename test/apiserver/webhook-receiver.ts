import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditSpool } from '../../agent/receive/audit-spool.ts';
import type { AuditReceiver } from '../../agent/receive/audit-receiver.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { receiverBench, written } from '../receive/receiver-bench.ts';
import { freePort } from './server-process.ts';

const TOKEN = 'token-of-the-api-server';
const LIMITS = { maxBodyBytes: 16_000_000, heldBytes: 64_000_000 };

/** Where an API server posts its audit events to: our receiver on a port that it keeps, over a spool that stays when it is down. */
export class WebhookReceiver implements AsyncDisposable {
  /** What an API server has to be started with. */
  readonly flags: readonly string[];
  readonly spoolDir: string;
  readonly #dir: string;
  readonly #port: number;
  #up: AsyncDisposableStack | null = null;
  #receiver: AuditReceiver | null = null;

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.#port = port;
    this.spoolDir = join(dir, 'spool');
    this.flags = [
      `--audit-webhook-config-file=${join(dir, 'kubeconfig')}`,
      '--audit-webhook-batch-max-wait=100ms',
      '--audit-webhook-initial-backoff=500ms',
    ];
  }

  /** In an empty directory of the caller. */
  static async start(dir: string): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(dir, await freePort());
    mkdirSync(receiver.spoolDir);
    writeFileSync(join(dir, 'token'), TOKEN);
    await receiver.up();
    writeFileSync(join(dir, 'kubeconfig'), JSON.stringify(kubeconfig(receiver.#port, join(dir, 'tls.crt'))));
    return receiver;
  }

  async up(): Promise<void> {
    await using starting = new AsyncDisposableStack();
    const spool = starting.use(
      await AuditSpool.open({ directory: this.spoolDir, fileBytes: 1_000_000, spoolBytes: 100_000_000, clock: systemClock }),
    );
    const tokenFile = await written(join(this.#dir, 'token'), TOKEN);
    const bench = await receiverBench(this.#dir, spool, { ...LIMITS, tokenFile, address: { host: '127.0.0.1', port: this.#port } });
    this.#receiver = starting.use(bench).receiver;
    this.#up = starting.move();
  }

  /** Refuses every connection until it is up again. */
  async down(): Promise<void> {
    await this.#up?.disposeAsync();
    this.#up = null;
  }

  /** Batches that were refused since it was up last. */
  get refused(): number {
    return Object.values(this.#receiver?.counters.refused ?? {}).reduce((sum, count) => sum + count, 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }
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
