import assert from 'node:assert';
import { RESERVED_PART } from '../model/memory-share.ts';
import type { ByteBudget } from '../runtime/byte-budget.ts';

/** Where a lane counts the bytes that it holds in memory. */
export type LaneBudget = Pick<ByteBudget, 'usedBytes' | 'availableBytes' | 'freed' | 'take' | 'give'>;

/**
 * Memory that the lanes of an output share. Each has a part that nobody takes from it. The rest is a pool of which a lane may hold no more than
 * is still free (Choudhury and Hahne, Dynamic queue length thresholds for shared-memory packet switches, 1998, with a factor of 1): one
 * that is busy gets far, and one that is stuck leaves half. The pool alone would not do: lanes that get stuck one after the other halve it
 * each time, and give nothing back.
 */
export class SharedBudget {
  readonly whole: ByteBudget;
  /** What is kept free for the body of the one batch that is being sealed. */
  readonly sealingBytes: number;
  readonly #lanes: number;
  #pooled = 0;

  constructor(whole: ByteBudget, { lanes, sealingBytes }: { readonly lanes: number; readonly sealingBytes: number }) {
    this.whole = whole;
    this.sealingBytes = sealingBytes;
    this.#lanes = lanes;
  }

  get #bytes(): number {
    return this.whole.limitBytes - this.sealingBytes;
  }

  /** What each lane may hold whatever the others do. */
  get reservedBytes(): number {
    return Math.floor((this.#bytes * RESERVED_PART) / this.#lanes);
  }

  get pooledFreeBytes(): number {
    return this.#bytes - this.reservedBytes * this.#lanes - this.#pooled;
  }

  /** A lane holds so many bytes more, or less, of the pool. */
  pool(bytes: number): void {
    this.#pooled += bytes;
  }

  lane(): LaneBudget {
    return new LaneMemory(this);
  }
}

class LaneMemory implements LaneBudget {
  readonly #shared: SharedBudget;
  #used = 0;
  /** How much of it is of the pool, by the limit there was when it was last counted. */
  #pooled = 0;

  constructor(shared: SharedBudget) {
    this.#shared = shared;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** What it takes of the pool is free no more: of what both sides allow it gets half. */
  get availableBytes(): number {
    const { whole, sealingBytes, reservedBytes, pooledFreeBytes } = this.#shared;
    const own = reservedBytes - this.#used;
    const room = own > 0 ? own + pooledFreeBytes / 2 : (pooledFreeBytes + own) / 2;
    return Math.min(whole.availableBytes, sealingBytes + room);
  }

  /** Rings for all who share the memory: what one gives back is room for each. */
  get freed(): ByteBudget['freed'] {
    return this.#shared.whole.freed;
  }

  take(bytes: number): void {
    this.#setUsed(this.#used + bytes);
    this.#shared.whole.take(bytes);
  }

  give(bytes: number): void {
    this.#setUsed(this.#used - bytes);
    assert(this.#used >= 0, 'more bytes given back than this lane has taken');
    this.#shared.whole.give(bytes);
  }

  #setUsed(used: number): void {
    const pooled = Math.max(used - this.#shared.reservedBytes, 0);
    this.#shared.pool(pooled - this.#pooled);
    this.#pooled = pooled;
    this.#used = used;
  }
}
