import type { BlockEncoder } from './encode-push.ts';
import { varintLength, writeVarint } from '../../runtime/varint.ts';

/** Longest literal whose length takes two bytes (snappy's format_description.txt: tag 61 << 2). */
const LITERAL_MAX = 65536;

/** A valid snappy block without compression: the length, then literals. For networks that cost less than the CPU. */
export class LiteralEncoder implements BlockEncoder {
  #input: Buffer = Buffer.alloc(0);

  input(length: number): Buffer {
    if (this.#input.length < length) this.#input = Buffer.allocUnsafeSlow(length);
    return this.#input.subarray(0, length);
  }

  encode(length: number): Buffer {
    const literals = Math.ceil(length / LITERAL_MAX);
    const block = Buffer.allocUnsafeSlow(varintLength(length) + length + literals * 3);
    let at = writeVarint(block, 0, length);
    for (let start = 0; start < length; start += LITERAL_MAX) {
      const size = Math.min(LITERAL_MAX, length - start);
      at = writeLiteralTag(block, at, size);
      at += this.#input.copy(block, at, start, start + size);
    }
    return block.subarray(0, at);
  }

  release(): void {}
}

function writeLiteralTag(block: Buffer, at: number, length: number): number {
  if (length <= 60) {
    block[at] = (length - 1) << 2;
    return at + 1;
  }
  block[at] = 61 << 2;
  block.writeUInt16LE(length - 1, at + 1);
  return at + 3;
}
