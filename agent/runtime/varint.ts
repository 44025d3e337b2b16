/** Bytes of a non-negative integer below 2^53 as a varint: seven bits a byte, the lowest first (protobuf's and snappy's form). */
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

/** Reads what `writeVarint` wrote at `at`; it ends `varintLength` of it further on. */
export function readVarint(source: Buffer, at: number): number {
  let value = 0;
  let scale = 1;
  for (let i = at; ; i += 1) {
    const byte = source[i]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
    scale *= 128;
  }
}
