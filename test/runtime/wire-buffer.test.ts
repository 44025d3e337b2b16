import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WireBuffer, WireBufferPool } from '../../agent/runtime/wire-buffer.ts';

function write(wire: WireBuffer, piece: Uint8Array): void {
  wire.reserve(piece.length);
  wire.bytes.set(piece, wire.at);
  wire.at += piece.length;
}

function contentOf(wire: WireBuffer): Buffer {
  const content = Buffer.alloc(wire.length);
  expect(wire.copy(content, 0)).toBe(wire.length);
  return content;
}

describe(WireBuffer, () => {
  test('holds what was written, in order, whatever the sizes of the pieces', () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 200_000 })), { maxLength: 40 });
    const pool = new WireBufferPool();
    fc.assert(
      fc.property(sizes, (lengths) => {
        const pieces = lengths.map((length, index) => Buffer.alloc(length, index + 1));
        const wire = new WireBuffer(pool);
        for (const piece of pieces) write(wire, piece);
        expect(contentOf(wire).equals(Buffer.concat(pieces))).toBe(true);
        wire.release();
      }),
    );
  });

  test('goes on after it was copied', () => {
    const wire = new WireBuffer(new WireBufferPool());
    write(wire, Buffer.from('a'));
    expect(contentOf(wire).toString()).toBe('a');
    write(wire, Buffer.alloc(2000, 'b'));
    write(wire, Buffer.from('c'));
    expect(contentOf(wire).toString()).toBe(`a${'b'.repeat(2000)}c`);
  });

  test('words may be written through the view', () => {
    const wire = new WireBuffer(new WireBufferPool());
    write(wire, Buffer.alloc(1022));
    wire.reserve(4);
    wire.view.setInt32(wire.at, 0x01020304, true);
    wire.at += 4;
    expect(contentOf(wire).subarray(-4)).toEqual(Buffer.from([4, 3, 2, 1]));
  });
});

describe(WireBufferPool, () => {
  test('memory of one buffer serves the next, of whatever stream', () => {
    const pool = new WireBufferPool();
    const first = new WireBuffer(pool);
    const { bytes } = first;
    first.release();
    expect(new WireBuffer(pool).bytes).toBe(bytes);
  });

  test('I3 keeps no more than a little more than a batch', () => {
    const pool = new WireBufferPool();
    const slabs = Array.from({ length: 64 }, () => pool.slab(2, 0));
    for (const slab of slabs) pool.giveBack(slab);
    const again = Array.from({ length: 64 }, () => pool.slab(2, 0));
    expect(again.filter((slab) => slabs.includes(slab))).toHaveLength(32);
  });

  test('I3 a slab for a piece larger than any is made for it alone, and not kept', () => {
    const pool = new WireBufferPool();
    const slab = pool.slab(0, 100_000);
    expect(slab.bytes).toHaveLength(100_000);
    pool.giveBack(slab);
    expect(pool.slab(0, 100_000)).not.toBe(slab);
  });
});
