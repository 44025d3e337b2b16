import type { Clock } from './clock.ts';

/**
 * A doorbell: `ring` wakes everyone who waits, and is remembered when nobody does, so that a change between looking and
 * waiting is never missed. One waiter takes the memory.
 */
export class Wakeup {
  #rung = false;
  #waiters = new Set<() => void>();

  ring(): void {
    this.#rung = this.#waiters.size === 0;
    if (this.#rung) return;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const wake of waiters) wake();
  }

  /** Resolves at the next ring (or at once for a remembered one), or when `signal` aborts. */
  wait(signal?: AbortSignal): Promise<void> {
    if (this.#rung || signal?.aborted === true) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiters.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiters.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** As `wait`, but no longer than `ms`. */
  async waitAtMost(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    const either = new AbortController();
    const both = AbortSignal.any([signal, either.signal]);
    await Promise.race([this.wait(both), clock.sleep(ms, both)]);
    either.abort();
  }
}
