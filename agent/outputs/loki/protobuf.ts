/** Bytes of a non-negative integer below 2^53 as a protobuf varint. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x200000) return 3;
  if (value < 0x10000000) return 4;
  return value < 0x800000000 ? 5 : 5 + varintLength(Math.floor(value / 0x800000000));
}

/** Writes a non-negative integer below 2^53 as a varint at `at`; returns the index after it. */
export function writeVarint(target: Buffer, at: number, value: number): number {
  let rest = value;
  let i = at;
  while (rest >= 0x80) {
    target[i] = (rest & 0x7f) | 0x80;
    rest = rest < 0x80000000 ? rest >>> 7 : Math.floor(rest / 128);
    i += 1;
  }
  target[i] = rest;
  return i + 1;
}

/** A length-delimited field: tag, length, content. */
export function lengthDelimited(tag: number, content: Buffer): Buffer {
  const header = Buffer.alloc(1 + varintLength(content.length));
  header[0] = tag;
  writeVarint(header, 1, content.length);
  return Buffer.concat([header, content]);
}
