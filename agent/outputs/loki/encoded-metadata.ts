import type { Metadata } from '../../model/record.ts';
import { lengthDelimited } from './protobuf.ts';

/*
 * In an EntryAdapter (loki pkg/push/push.proto): repeated LabelPairAdapter structuredMetadata = 3;
 *   LabelPairAdapter { string name = 1; string value = 2; }
 */
const STRUCTURED_METADATA = 0x1a;
const NAME = 0x0a;
const VALUE = 0x12;

/** Structured metadata as it stands in an entry. */
export interface EncodedMetadata {
  /** Bytes. */
  readonly length: number;
  /** Them as little-endian words, the last one padded: written so, a few dozen bytes take a fifth of the time of a copy. */
  readonly words: Int32Array;
}

export function encodeMetadata(metadata: Metadata): EncodedMetadata {
  const pairs = metadata.map(([name, value]) =>
    lengthDelimited(
      STRUCTURED_METADATA,
      Buffer.concat([lengthDelimited(NAME, Buffer.from(name)), lengthDelimited(VALUE, Buffer.from(value.toWellFormed()))]),
    ),
  );
  const length = pairs.reduce((sum, pair) => sum + pair.length, 0);
  const words = new Int32Array(Math.ceil(length / 4));
  const padded = Buffer.concat(pairs, words.length * 4);
  for (let i = 0; i < words.length; i += 1) words[i] = padded.readInt32LE(i * 4);
  return { length, words };
}
