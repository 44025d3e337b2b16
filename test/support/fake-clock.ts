import type { Clock } from '../../agent/runtime/clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

export interface FakeClockOptions {
  /** Wall time at the start, ms since 1970. */
  readonly nowMs?: number;
  /** What random() returns first; then it goes on pseudo-randomly from `seed`. */
  readonly random?: readonly number[];
  readonly seed?: number;
}

/**
 * A clock that stands still until a test moves it. Sleeps end in the order they are due (equal ones in the order they began), and
 * between two of them everything that can run without time does.
 */
export class FakeClock implements Clock {
  #nowMs: number;
  #monotonicMs = 0;
  #seed: number;
  readonly #script: number[];
  readonly #sleepers: Sleeper[] = [];
  /** Sleeps that have ended because their time had come. */
  wakeUps = 0;

  constructor({ nowMs = 1_714_564_800_000, random = [], seed = 1 }: FakeClockOptions = {}) {
    this.#nowMs = nowMs;
    this.#script = [...random];
    this.#seed = seed;
  }

  now(): number {
    return this.#nowMs + this.#monotonicMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  random(): number {
    return this.#script.shift() ?? this.#nextRandom();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        const index = this.#sleepers.indexOf(sleeper);
        if (index >= 0) this.#sleepers.splice(index, 1);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { dueMs: this.#monotonicMs + Math.max(ms, 0), wake };
      const later = this.#sleepers.findIndex((other) => other.dueMs > sleeper.dueMs);
      this.#sleepers.splice(later < 0 ? this.#sleepers.length : later, 0, sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** In how many ms each sleep under way ends, soonest first. */
  get sleeping(): number[] {
    return this.#sleepers.map(({ dueMs }) => dueMs - this.#monotonicMs);
  }

  /** Moves both times on by `ms`, ending what is due on the way, sleeps begun on the way included. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    await runJobs();
    for (let next = this.#sleepers[0]; next !== undefined && next.dueMs <= endMs; next = this.#sleepers[0]) {
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      this.wakeUps += 1;
      next.wake();
      await runJobs();
    }
    this.#monotonicMs = endMs;
  }

  /** Lets the wall clock jump, forward or back, as NTP or an operator does; sleeps do not notice. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  /** mulberry32: small, and good enough to spread delays. */
  #nextRandom(): number {
    this.#seed = (this.#seed + 0x6d_2b_79_f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}

/** All promise jobs are done when the next turn of the event loop begins, however long their chains are. */
function runJobs(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
