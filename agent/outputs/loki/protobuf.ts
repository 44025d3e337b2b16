import { varintLength, writeVarint } from '../../runtime/varint.ts';

/** A length-delimited field: tag, length, content. */
export function lengthDelimited(tag: number, content: Buffer): Buffer {
  const header = Buffer.alloc(1 + varintLength(content.length));
  header[0] = tag;
  writeVarint(header, 1, content.length);
  return Buffer.concat([header, content]);
}

/** A copy with memory of its own: a slice of Node's pool keeps eight kilobytes alive for as long as its source is followed. */
export function unpooled(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
