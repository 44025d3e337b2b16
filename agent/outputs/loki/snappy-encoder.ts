import type { BlockEncoder } from './encode-push.ts';
import { SNAPPY_WASM } from './snappy-wasm.ts';

const PAGE = 65536;
/** Bodies that were sent and wait to be used again; more are left to the garbage collector. */
const POOL_BYTES = 4 * 1024 * 1024;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly INPUT: WebAssembly.Global;
  encode(length: number, to: number): number;
}

/** Bytes that the block of `length` bytes may take while it is written (golang/snappy MaxEncodedLen, and what a copy writes too far). */
function maxEncodedLength(length: number): number {
  return 32 + length + Math.floor(length / 6) + 16;
}

/**
 * Snappy in the raw block format that Loki decodes (golang/snappy Encode, not the framed stream), by an encoder of our own in
 * WebAssembly: it costs less than the native addon through its boundary, and allocates nothing.
 */
export class SnappyEncoder implements BlockEncoder {
  readonly #exports: Exports;
  readonly #inputAt: number;
  #memory: Buffer;
  readonly #pool: Buffer[] = [];
  #pooledBytes = 0;

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(SNAPPY_WASM, 'base64'));
    this.#exports = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
    this.#inputAt = this.#exports.INPUT.value;
    this.#memory = Buffer.from(this.#exports.memory.buffer);
  }

  input(length: number): Buffer {
    const wanted = this.#inputAt + length + maxEncodedLength(length);
    const missing = wanted - this.#exports.memory.buffer.byteLength;
    if (missing > 0) {
      this.#exports.memory.grow(Math.ceil(missing / PAGE));
      this.#memory = Buffer.from(this.#exports.memory.buffer);
    }
    return this.#memory.subarray(this.#inputAt, this.#inputAt + length);
  }

  encode(length: number): Buffer {
    const at = this.#inputAt + length;
    const encoded = this.#exports.encode(length, at);
    const body = this.#take(encoded);
    this.#memory.copy(body, 0, at, at + encoded);
    return body;
  }

  #take(length: number): Buffer {
    // A small body would hold more memory than it counts for, for as long as it waits.
    if (length < PAGE) return Buffer.allocUnsafeSlow(length);
    const index = this.#pool.findIndex(({ buffer }) => buffer.byteLength >= length && buffer.byteLength <= length + 4 * PAGE);
    const [free] = index === -1 ? [] : this.#pool.splice(index, 1);
    if (free === undefined) return Buffer.allocUnsafeSlow(Math.ceil(length / PAGE) * PAGE).subarray(0, length);
    this.#pooledBytes -= free.buffer.byteLength;
    return Buffer.from(free.buffer, 0, length);
  }

  release(body: Buffer): void {
    const bytes = body.buffer.byteLength;
    if (bytes < PAGE || this.#pooledBytes + bytes > POOL_BYTES) return;
    this.#pooledBytes += bytes;
    this.#pool.push(body);
  }
}
