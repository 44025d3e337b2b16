import type { RecordView } from '../model/record.ts';
import type { ByteBudget } from '../runtime/byte-budget.ts';
import type { SpareBuffers } from './spare-buffers.ts';

const FIRST_CAPACITY = 4096;
const NOTHING: Buffer = Buffer.alloc(0);

export interface LineLimits {
  readonly maxLineBytes: number;
  /** Bounds what the open lines of all sources hold together. */
  readonly partBudget: ByteBudget;
  readonly spares: SpareBuffers;
}

/** Bytes that are kept until what they belong to is whole: no more than a line may have, and within what all may hold together. */
export class HeldBytes {
  #buffer: Buffer = NOTHING;
  #bytes = 0;
  readonly #limits: LineLimits;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  get length(): number {
    return this.#bytes;
  }

  hasRoom(bytes: number): boolean {
    const { maxLineBytes, partBudget } = this.#limits;
    const total = this.#bytes + bytes;
    return total <= maxLineBytes && this.#capacityFor(total) - this.#buffer.length <= partBudget.availableBytes;
  }

  #capacityFor(bytes: number): number {
    const capacity = this.#buffer.length;
    return bytes <= capacity ? capacity : Math.max(bytes, Math.min(Math.max(FIRST_CAPACITY, capacity * 2), this.#limits.maxLineBytes));
  }

  /** Copies the content of the view, which must have room, behind a separator if one is given. */
  append({ buffer, start, end }: RecordView, separator: number | null = null): void {
    const at = this.#bytes + (separator === null ? 0 : 1);
    this.#reserve(at + end - start);
    // The separator goes last: what the view shows may stand in a buffer that was let go of, and is this one now.
    buffer.copy(this.#buffer, at, start, end);
    if (separator !== null) this.#buffer[at - 1] = separator;
    this.#bytes = at + end - start;
  }

  #reserve(bytes: number): void {
    const capacity = this.#capacityFor(bytes);
    if (capacity <= this.#buffer.length) return;
    this.#limits.partBudget.take(capacity - this.#buffer.length);
    const grown = this.#limits.spares.take(capacity);
    this.#buffer.copy(grown, 0, 0, this.#bytes);
    this.#limits.spares.give(this.#buffer);
    this.#buffer = grown;
  }

  /** Forgets the bytes that were appended last. */
  shorten(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Makes them the content of the view, while they stay. */
  show(view: RecordView): void {
    view.buffer = this.#buffer;
    view.start = 0;
    view.end = this.#bytes;
  }

  /** Lets go of them. */
  release(): void {
    this.#limits.partBudget.give(this.#buffer.length);
    this.#limits.spares.give(this.#buffer);
    this.#buffer = NOTHING;
    this.#bytes = 0;
  }
}
