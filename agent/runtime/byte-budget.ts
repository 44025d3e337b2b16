import assert from 'node:assert';
import type { Wakeup } from './wakeup.ts';

/** Counts bytes held in memory against one limit. Taking never fails: callers look at `available` first, `freed` rings when it grows. */
export class ByteBudget {
  #used = 0;
  #limitBytes: number;
  readonly freed: Wakeup;

  constructor(limitBytes: number, freed: Wakeup) {
    this.#limitBytes = limitBytes;
    this.freed = freed;
  }

  get limitBytes(): number {
    return this.#limitBytes;
  }

  /** What is taken beyond a lower limit is given back in its time, and nothing is available until then. */
  set limitBytes(bytes: number) {
    this.#limitBytes = bytes;
    this.freed.ring();
  }

  get usedBytes(): number {
    return this.#used;
  }

  get availableBytes(): number {
    return this.#limitBytes - this.#used;
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  give(bytes: number): void {
    this.#used -= bytes;
    assert(this.#used >= 0, 'more bytes given back than taken');
    this.freed.ring();
  }
}
