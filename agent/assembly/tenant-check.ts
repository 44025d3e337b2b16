import type { TenantsAnswer } from '../outputs/loki/ask-tenants.ts';
import type { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';

const TOGETHER =
  'the store keeps tenants together: it ignores X-Scope-OrgID (auth_enabled: false in Loki, or a gateway that sets it), so audit events lie beside all other logs, are read by whoever reads those and deleted when those are; set auth_enabled: true, or give audit events a store of their own';

export interface TenantCheckParts {
  readonly output: string;
  readonly tenant: string | null;
  readonly ask: (signal: AbortSignal) => Promise<TenantsAnswer>;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
}

/** Finds out, once after the start, whether a store keeps the tenant of an output apart from others, and says so if not. Holds up nothing. */
export class TenantCheck implements AsyncDisposable {
  readonly #parts: TenantCheckParts;
  readonly #stop = new AbortController();
  #asking: Promise<void> = Promise.resolve();
  #separated: boolean | null = null;

  constructor(parts: TenantCheckParts) {
    this.#parts = parts;
  }

  /** Null: not known, or not yet. */
  get separated(): boolean | null {
    return this.#separated;
  }

  start(): void {
    this.#asking = this.#run(this.#stop.signal);
  }

  async #run(stop: AbortSignal): Promise<void> {
    const { ask, backoff, clock } = this.#parts;
    for (let failures = 0; !stop.aborted; failures += 1) {
      const answer = await ask(stop);
      if (answer !== 'later') return this.#learn(answer);
      await clock.sleep(backoff.delayMs(failures), stop);
    }
  }

  #learn(answer: 'separated' | 'together' | 'unknown'): void {
    if (answer === 'unknown') return;
    this.#separated = answer === 'separated';
    const { log, output, tenant } = this.#parts;
    if (!this.#separated) log.warn(output, { output, tenant }, TOGETHER);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#asking;
  }
}
