import { describe, expect, test } from 'vitest';
import type { Metadata } from '../../../agent/model/record.ts';
import { encodeMetadata, MetadataEncoder } from '../../../agent/outputs/loki/encoded-metadata.ts';

describe(encodeMetadata, () => {
  test('a value that is half a surrogate pair becomes one that is UTF-8', () => {
    expect(encodeMetadata([['k', 'a\ud800']]).bytes.toString('hex')).toBe('1a090a016b120461efbfbd');
  });

  test('the words are the bytes, the last one padded', () => {
    const { bytes, words } = encodeMetadata([['detected_level', 'info']]);
    const written = Buffer.alloc(words.length * 4);
    words.forEach((word, i) => written.writeInt32LE(word, i * 4));
    expect(written.subarray(0, bytes.length)).toStrictEqual(bytes);
    expect(written.length - bytes.length).toBeLessThan(4);
  });
});

describe(MetadataEncoder, () => {
  test('encodes an array that comes again once, however many others come in between in turns', () => {
    const encoder = new MetadataEncoder();
    const known: Metadata[] = Array.from({ length: 10 }, (_, n) => [['level', `n${n}`]]);
    const first = known.map((metadata) => encoder.encode(metadata));
    for (let round = 0; round < 5; round += 1) known.forEach((metadata, n) => expect(encoder.encode(metadata)).toBe(first[n]));
  });

  test('tells arrays apart that are many, or look the same', () => {
    const encoder = new MetadataEncoder();
    for (let round = 0; round < 100; round += 1) {
      const metadata: Metadata = [['original_time', String(round)]];
      expect(encoder.encode(metadata)).toStrictEqual(encodeMetadata(metadata));
      expect(encoder.encode([['original_time', 'x']])).toStrictEqual(encodeMetadata([['original_time', 'x']]));
    }
  });
});
