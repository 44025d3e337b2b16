import { varintLength, writeVarint } from '../../runtime/varint.ts';

/** A length-delimited field: tag, length, content. */
export function lengthDelimited(tag: number, content: Buffer): Buffer {
  const header = Buffer.alloc(1 + varintLength(content.length));
  header[0] = tag;
  writeVarint(header, 1, content.length);
  return Buffer.concat([header, content]);
}
