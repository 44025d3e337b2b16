/** Of each size that is asked for first; larger ones are rare. */
const CAPACITY = 4096;
const MOST = 8;

/**
 * Buffers that were let go of, for what is held next: to allocate one costs more than to copy a line into it. Sources are read one at a
 * time, so all of an output share a few. What stands in one holds until the next is asked for, as a view's content does.
 */
export class SpareBuffers {
  readonly #spares: Buffer[] = [];

  take(capacity: number): Buffer {
    return (capacity === CAPACITY ? this.#spares.pop() : undefined) ?? Buffer.allocUnsafeSlow(capacity);
  }

  give(buffer: Buffer): void {
    if (buffer.length === CAPACITY && this.#spares.length < MOST) this.#spares.push(buffer);
  }
}
