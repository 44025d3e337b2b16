import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { Trouble } from './trouble.ts';
import { Watchdog } from './watchdog.ts';

const GET_MS = 30_000;
const BACKOFF_MIN_MS = 800;
const BACKOFF_MAX_MS = 60_000;
/** What a server asks for by Retry-After is obeyed up to here. */
const MAX_AFTER_MS = 300_000;

type Texts = Readonly<Record<string, string>>;

/** The API server, asked for one namespace. Rejects never: whatever happens is a trouble; of a namespace that is gone there are no labels. */
export interface NamespaceServer {
  namespaceLabels(name: string, signal: AbortSignal): Promise<{ readonly kind: 'labels'; readonly labels: Texts } | Trouble>;
}

export interface NamespacesOptions {
  /** How long labels that were asked for first are waited for. */
  readonly waitMs: number;
  /** How long they are taken for true. */
  readonly keepMs: number;
}

interface Entry {
  labels: Texts | null;
  readonly sinceMs: number;
  usedMs: number;
  dueMs: number;
}

/**
 * Labels of the namespaces that somebody asks for, each got when it is asked for first and again when it is asked for after `keepMs`: a node
 * has pods of a few namespaces, and a watch of all would cost the API server one a node.
 */
export class Namespaces {
  readonly #server: NamespaceServer;
  readonly #options: NamespacesOptions;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;
  readonly #backoff: Backoff;
  readonly #entries = new Map<string, Entry>();
  readonly #wanted = new Wakeup();
  #failures = 0;

  constructor(
    server: NamespaceServer,
    options: NamespacesOptions,
    { clock, log }: { readonly clock: Clock; readonly log: ThrottledLogger },
  ) {
    this.#server = server;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#backoff = new Backoff(clock, BACKOFF_MIN_MS, BACKOFF_MAX_MS);
  }

  /** `later`: perhaps soon; `unknown`: not to be waited for any longer. */
  labelsOf(name: string): Texts | 'later' | 'unknown' {
    const nowMs = this.#clock.monotonic();
    const entry = this.#entries.getOrInsertComputed(name, () => ({ labels: null, sinceMs: nowMs, usedMs: nowMs, dueMs: nowMs }));
    entry.usedMs = nowMs;
    if (nowMs >= entry.dueMs) this.#wanted.ring();
    return entry.labels ?? (nowMs - entry.sinceMs < this.#options.waitMs ? 'later' : 'unknown');
  }

  /** Gets what is asked for, one after the other, until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const nowMs = this.#clock.monotonic();
      const due = this.#entries.entries().find(([, { dueMs }]) => dueMs <= nowMs);
      if (due === undefined) await this.#wanted.wait(stop);
      else await this.#get(...due, stop);
    }
  }

  async #get(name: string, entry: Entry, stop: AbortSignal): Promise<void> {
    const { keepMs } = this.#options;
    if (this.#clock.monotonic() - entry.usedMs >= keepMs) return void this.#entries.delete(name);
    using limit = new Watchdog(GET_MS, this.#clock, stop);
    const answer = await this.#server.namespaceLabels(name, limit.signal);
    if (stop.aborted) return;
    if (answer.kind === 'trouble') return this.#pause(name, answer, stop);
    this.#failures = 0;
    entry.labels = answer.labels;
    // Not all of a node's, nor of all nodes', at once.
    entry.dueMs = this.#clock.monotonic() + keepMs * (0.75 + this.#clock.random() / 2);
  }

  async #pause(namespace: string, { reason, detail, afterMs }: Trouble, stop: AbortSignal): Promise<void> {
    const message =
      reason === 'refused'
        ? 'the API server refuses to tell of namespaces; give the service account the right to get them'
        : 'labels of a namespace cannot be got and are asked for again; logs are shipped all the same';
    this.#log.warn(reason, { namespace, reason, detail }, message);
    await this.#clock.sleep(Math.min(afterMs ?? 0, MAX_AFTER_MS) + this.#backoff.delayMs(this.#failures), stop);
    this.#failures += 1;
  }
}
