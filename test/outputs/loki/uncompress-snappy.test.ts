import * as fc from 'fast-check';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { BadSnappy, uncompressSnappy } from '../../../agent/outputs/loki/uncompress-snappy.ts';

function uncompress(hex: string): string {
  return uncompressSnappy(Buffer.from(hex.replaceAll(' ', ''), 'hex'), 1_000_000).toString('latin1');
}

describe(uncompressSnappy, () => {
  test('a block of literals alone', () => {
    const golden = '0a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176';
    expect(uncompress(`1f78${golden}`)).toBe(Buffer.from(golden, 'hex').toString('latin1'));
    expect(uncompress('00')).toBe('');
  });

  test('literals with lengths of one to four bytes', () => {
    expect(uncompress(`3d f03c ${'61'.repeat(61)}`)).toBe('a'.repeat(61));
    expect(uncompress(`ac02 f42b01 ${'61'.repeat(300)}`)).toBe('a'.repeat(300));
    expect(uncompress('02 f8010000 6162')).toBe('ab');
    expect(uncompress('02 fc01000000 6162')).toBe('ab');
  });

  test('copies of all three kinds, also such that overlap themselves', () => {
    expect(uncompress('06 04 6162 01 02')).toBe('ababab');
    expect(uncompress('05 04 6162 0a 0200')).toBe('ababa');
    expect(uncompress('05 04 6162 0b 02000000')).toBe('ababa');
    expect(uncompress('0a 00 61 22 0100')).toBe('a'.repeat(10));
  });

  test.each([
    ['', 'no length at the start of the block'],
    ['ffffffffff', 'no length at the start of the block'],
    ['ffffffff1f', 'no length at the start of the block'],
    ['01', '0 bytes instead of the announced 1'],
    ['0204', 'the block ends in a literal'],
    ['02f0', 'the block ends in a tag'],
    ['0100610061', 'more than the announced 1 bytes'],
    ['0500610a', 'the block ends in a tag'],
    ['0500610e0200', 'a copy from before the beginning'],
    ['0500610e0000', 'a copy from before the beginning'],
  ])('%s is broken: %s', (hex, message) => {
    expect(() => uncompress(hex)).toThrow(new BadSnappy(message));
  });

  test('a block that announces too much is refused before anything is allocated', () => {
    expect(() => uncompressSnappy(Buffer.from('ffffffff0f', 'hex'), 1000)).toThrow(
      new BadSnappy('4294967295 bytes uncompressed, at most 1000 are allowed', true),
    );
  });

  test('what the snappy library compresses comes back', () => {
    const text = fc.array(fc.constantFrom('GET /cart 200 ', 'error ', '\n', 'ä', '0123456789'), { maxLength: 3000, size: 'max' });
    fc.assert(
      fc.property(text, fc.uint8Array({ maxLength: 100 }), (words, noise) => {
        const bytes = Buffer.concat([Buffer.from(words.join('')), noise]);
        expect(uncompressSnappy(compressSync(bytes), bytes.length)).toStrictEqual(bytes);
      }),
    );
  });

  test('any bytes are a block or are broken, never worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          uncompressSnappy(Buffer.from(bytes), 100_000);
        } catch (error) {
          expect(error).toBeInstanceOf(BadSnappy);
        }
      }),
    );
  });
});
