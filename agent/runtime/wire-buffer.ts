const FIRST_CAPACITY = 1024;
/** What the pool keeps for the next batch; more than a batch is never open at once. */
const POOL_BYTES = 2 * 1024 * 1024;

/** A growing run of bytes. */
export class WireBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  /** The same bytes, for writing words at any place. */
  view: DataView = new DataView(this.bytes.buffer);
  length = 0;

  /** Makes room for `more` bytes behind `length`. */
  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, wanted));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Buffers between two batches. Streams come and go in size and number, so none keeps a buffer of its own. */
export class WireBufferPool {
  readonly #free: WireBuffer[] = [];
  #freeBytes = 0;

  take(): WireBuffer {
    const buffer = this.#free.pop();
    if (buffer === undefined) return new WireBuffer();
    this.#freeBytes -= buffer.bytes.length;
    buffer.length = 0;
    return buffer;
  }

  giveBack(buffer: WireBuffer): void {
    if (this.#freeBytes + buffer.bytes.length > POOL_BYTES) return;
    this.#freeBytes += buffer.bytes.length;
    this.#free.push(buffer);
  }
}
