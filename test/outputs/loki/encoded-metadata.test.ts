import { describe, expect, test } from 'vitest';
import { type EncodedMetadata, encodeMetadata } from '../../../agent/outputs/loki/encoded-metadata.ts';

/** The bytes that the words stand for, and the padding. */
function written({ length, words }: EncodedMetadata): [bytes: string, padding: string] {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, i) => bytes.writeInt32LE(word, i * 4));
  return [bytes.toString('hex', 0, length), bytes.toString('hex', length)];
}

describe(encodeMetadata, () => {
  test('pairs of name and value, each a field; zeros to a full word', () => {
    expect(written(encodeMetadata([['k', 'v']]))).toStrictEqual(['1a060a016b120176', '']);
    expect(written(encodeMetadata([['k', 'vw']]))).toStrictEqual(['1a070a016b12027677', '000000']);
    expect(written(encodeMetadata([]))).toStrictEqual(['', '']);
  });

  test('a value that is half a surrogate pair becomes one that is UTF-8', () => {
    expect(written(encodeMetadata([['k', 'a\ud800']]))[0]).toBe('1a090a016b120461efbfbd');
  });
});
