/** What slabs hold: a stream that has little to say takes a small one, and one that goes on takes large ones. */
const SLAB_SIZES: readonly number[] = [1024, 8192, 65_536];
/** What the pool keeps for the next batch; not much more than a batch is ever open at once. */
const POOL_BYTES = 2 * 1024 * 1024;

/** A piece of memory, filled from its start. */
class Slab {
  readonly bytes: Buffer;
  /** The same bytes, for writing words at any place. */
  readonly view: DataView;
  length = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.bytes.buffer);
  }
}

/**
 * A growing run of bytes, written at its end: into `bytes` from `at` on, which is then to be moved behind what was written. It lies in
 * slabs, so that it grows without a copy, and memory that one stream no longer needs serves any other.
 */
export class WireBuffer {
  readonly #pool: WireBufferPool;
  readonly #slabs: Slab[] = [];
  #slab: Slab;
  /** Bytes in the slabs before the one that is written to. */
  #before = 0;
  /** Where the next byte goes. */
  at = 0;

  constructor(pool: WireBufferPool) {
    this.#pool = pool;
    this.#slab = pool.slab(0, 0);
    this.#slabs.push(this.#slab);
  }

  get bytes(): Buffer {
    return this.#slab.bytes;
  }

  get view(): DataView {
    return this.#slab.view;
  }

  get length(): number {
    return this.#before + this.at;
  }

  /** Makes room for `more` bytes in one piece. */
  reserve(more: number): void {
    if (this.at + more > this.#slab.bytes.length) this.#goOn(more);
  }

  #goOn(more: number): void {
    this.#slab.length = this.at;
    this.#before += this.at;
    this.at = 0;
    this.#slab = this.#pool.slab(this.#slabs.length, more);
    this.#slabs.push(this.#slab);
  }

  /** Appends the bytes of `source` from `from` to `to`, which need not lie in one piece. */
  write(source: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      this.reserve(1);
      const copied = source.copy(this.#slab.bytes, this.at, at, to);
      this.at += copied;
      at += copied;
    }
  }

  /** Copies all of it to `target` from `start` on; returns its length. */
  copy(target: Buffer, start: number): number {
    this.#slab.length = this.at;
    let end = start;
    for (const { bytes, length } of this.#slabs) end += bytes.copy(target, end, 0, length);
    return end - start;
  }

  /** It is not used any more. */
  release(): void {
    for (const slab of this.#slabs) this.#pool.giveBack(slab);
  }
}

/** Slabs between two batches. Streams come and go in size and number, so none keeps memory of its own. */
export class WireBufferPool {
  /** By size. */
  readonly #free: readonly Slab[][] = SLAB_SIZES.map(() => []);
  #freeBytes = 0;

  /** The slab that a buffer of `index` slabs goes on in, for `bytes` bytes in one piece at least. */
  slab(index: number, bytes: number): Slab {
    const least = Math.min(index, SLAB_SIZES.length - 1);
    const size = SLAB_SIZES.findIndex((candidate, position) => position >= least && candidate >= bytes);
    if (size === -1) return new Slab(bytes);
    const slab = this.#free[size]!.pop();
    if (slab === undefined) return new Slab(SLAB_SIZES[size]!);
    this.#freeBytes -= slab.bytes.length;
    return slab;
  }

  giveBack(slab: Slab): void {
    const size = SLAB_SIZES.indexOf(slab.bytes.length);
    if (size === -1 || this.#freeBytes + slab.bytes.length > POOL_BYTES) return;
    this.#freeBytes += slab.bytes.length;
    this.#free[size]!.push(slab);
  }
}
