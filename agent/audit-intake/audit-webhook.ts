import type { AuditWebhookConfig } from '../config/audit-webhook-schema.ts';
import { parseListenAddress } from '../config/listen-address.ts';
import type { FileId } from '../model/position.ts';
import { AuditReceiver, type Prune, type ReceiverOptions } from '../receive/audit-receiver.ts';
import { AuditSpool } from '../receive/audit-spool.ts';
import type { ReceiverCounters } from '../receive/receiver-counters.ts';
import { spoolDirectory } from '../receive/spool-files.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { isSystemError } from '../runtime/system-error.ts';

/** Files of a spool that is stored are looked for that often. */
const RELEASE_MS = 5000;

export interface WebhookParts {
  readonly config: AuditWebhookConfig;
  readonly stateDir: string;
  readonly prune: Prune;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
}

/** Takes what API servers post into a spool that is read as an audit log. */
export class AuditWebhook implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #spool: AuditSpool;
  readonly #receiver: AuditReceiver;
  readonly #config: AuditWebhookConfig;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;

  private constructor(stack: AsyncDisposableStack, spool: AuditSpool, receiver: AuditReceiver, { config, clock, log }: WebhookParts) {
    this.#stack = stack;
    this.#spool = spool;
    this.#receiver = receiver;
    this.#config = config;
    this.#clock = clock;
    this.#log = log;
  }

  /** Rejects when the state directory or a file cannot be used, or the address is taken. */
  static async open(parts: WebhookParts): Promise<AuditWebhook> {
    const { config, stateDir, prune, clock, log } = parts;
    await using stack = new AsyncDisposableStack();
    const bounds = { fileBytes: config.spool_file_bytes, spoolBytes: config.spool_bytes };
    const spool = stack.use(await AuditSpool.open({ directory: spoolDirectory(stateDir), ...bounds, clock }));
    const receiver = stack.use(await AuditReceiver.listen(optionsOf(config), { sink: spool, prune, log }));
    return new AuditWebhook(stack.move(), spool, receiver, parts);
  }

  get port(): number {
    return this.#receiver.port;
  }

  get counters(): ReceiverCounters {
    return this.#receiver.counters;
  }

  get spoolBytes(): number {
    return this.#spool.bytes;
  }

  /** A batch of the largest size has no room, until what is stored is removed. */
  get isFull(): boolean {
    return this.#spool.bytes + this.#config.max_body_bytes > this.#config.spool_bytes;
  }

  /** Removes files of the spool that nobody needs (see `AuditSpool.release`), until `stop` aborts. */
  async run(isNeeded: (file: FileId, path: string) => boolean, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#spool.release(isNeeded).catch((error: unknown) => this.#sayUnreleased(error));
      await this.#clock.sleep(RELEASE_MS, stop);
    }
  }

  #sayUnreleased(error: unknown): void {
    if (!isSystemError(error)) throw error;
    this.#log.warn(error.code, { code: error.code, detail: error.message }, 'stored audit events cannot be removed from the spool');
  }

  /** The receiver ends before the spool that it writes to. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

function optionsOf(config: AuditWebhookConfig): ReceiverOptions {
  return {
    address: parseListenAddress(config.listen)!,
    tls: { certFile: config.cert_file, keyFile: config.key_file, clientCaFile: config.client_ca_file ?? null },
    clients: { names: config.client_names, tokenFile: config.token_file ?? null },
    maxBodyBytes: config.max_body_bytes,
    heldBytes: config.held_bytes,
    maxConnections: config.max_connections,
    requestMs: config.request_seconds * 1000,
  };
}
