import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { compressSync, uncompressSync } from 'snappy';
import { describe, expect, it } from 'vitest';
import { LiteralEncoder } from '../../../agent/outputs/loki/literal-encoder.ts';
import { SnappyEncoder } from '../../../agent/outputs/loki/snappy-encoder.ts';
import { COMPILED, compile } from '../../../tools/snappy/build.ts';

const encoders = [new SnappyEncoder(), new LiteralEncoder()];

function encode(encoder: SnappyEncoder | LiteralEncoder, data: Buffer): Buffer {
  data.copy(encoder.input(data.length));
  return encoder.encode(data.length);
}

/** Repeats of earlier stretches at any distance, which is what copies are made of. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat({ max: 4000 })), { maxLength: 40 })
  .map((parts) => Buffer.concat(parts.flatMap(([bytes, times]) => Array.from({ length: 1 + (times % 90) }, () => Buffer.from(bytes)))));

describe.each(encoders)('$constructor.name', (encoder) => {
  it.each([0, 1, 16, 17, 59, 60, 61, 255, 256, 257, 65535, 65536, 65537, 1_000_000])('round trips %i bytes of each kind', (size) => {
    const kinds = [Buffer.alloc(size), Buffer.alloc(size, '{"level":"info","msg":"request served"}'), Buffer.alloc(size)];
    for (let i = 0; i < size; i += 1) kinds[2]![i] = (i * 2654435761) >>> 13;
    for (const data of kinds) expect(Buffer.compare(uncompressSync(encode(encoder, data), { asBuffer: true }) as Buffer, data)).toBe(0);
  });

  it('round trips whatever it is given, in buffers that were used before', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          repetitive,
          fc.uint8Array({ maxLength: 100_000 }).map((bytes) => Buffer.from(bytes)),
        ),
        (data) => {
          const block = encode(encoder, data);
          expect(Buffer.compare(uncompressSync(block, { asBuffer: true }) as Buffer, data)).toBe(0);
          encoder.release(block);
        },
      ),
    );
  });
});

describe(SnappyEncoder, () => {
  it('compresses as well as the reference does', () => {
    const data = Buffer.from(
      Array.from({ length: 5000 }, (_, i) => `{"level":"info","n":${i},"path":"/orders/${(i * 7919) % 100_000}"}\n`).join(''),
    );
    expect(encode(new SnappyEncoder(), data).length).toBeLessThanOrEqual(compressSync(data).length * 1.01);
  });

  it('I3 a small body holds no more memory than it counts for, though larger ones were given back', () => {
    const encoder = new SnappyEncoder();
    const noise = createHash('shake256', { outputLength: 300_000 }).update('noise').digest();
    const large = encode(encoder, noise);
    encoder.release(large);
    const small = encode(encoder, Buffer.from('a few bytes'));
    expect(small.buffer.byteLength).toBe(small.length);
    expect(encode(encoder, noise).buffer).toBe(large.buffer);
  });

  it('keeps a body as it is while others are encoded', () => {
    const encoder = new SnappyEncoder();
    const first = encode(encoder, Buffer.alloc(5000, 'a'));
    const copy = Buffer.from(first);
    encode(encoder, Buffer.alloc(500_000, 'b'));
    expect(first.equals(copy)).toBe(true);
  });
});

describe(LiteralEncoder, () => {
  it('writes the block of the golden push: its length, one literal', () => {
    const push = Buffer.from('0a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176', 'hex');
    expect(encode(new LiteralEncoder(), push).toString('hex')).toBe(`1f78${push.toString('hex')}`);
  });
});

it('the compiled encoder is that of tools/snappy/encode.ts; else run: node tools/snappy/build.ts', async () => {
  expect(readFileSync(COMPILED, 'utf8')).toBe(await compile());
});
