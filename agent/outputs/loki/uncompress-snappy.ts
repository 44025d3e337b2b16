/** The block is broken, or larger than allowed; `tooLarge` tells the two apart. */
export class BadSnappy extends Error {
  override readonly name = 'BadSnappy';
  readonly tooLarge: boolean;

  constructor(message: string, tooLarge = false) {
    super(message);
    this.tooLarge = tooLarge;
  }
}

/**
 * Decodes one snappy block (google/snappy format_description.txt; not the framed format). A decoder of its own, so that what the
 * agent's encoder writes is not judged by the encoder's library. @throws BadSnappy
 */
export function uncompressSnappy(block: Buffer, maxBytes: number): Buffer {
  const { value: length, end } = readLength(block);
  if (length > maxBytes) throw new BadSnappy(`${length} bytes uncompressed, at most ${maxBytes} are allowed`, true);
  const out = Buffer.allocUnsafe(length);
  let at = end;
  let written = 0;
  while (at < block.length) {
    const tag = block[at] ?? 0;
    const element = (tag & 3) === 0 ? readLiteral(block, at) : readCopy(block, at, tag);
    at = element.end;
    if (element.length > length - written) throw new BadSnappy(`more than the announced ${length} bytes`);
    if (element.offset === null) block.copy(out, written, at - element.length, at);
    else copyBack(out, written, element.offset, element.length);
    written += element.length;
  }
  if (written !== length) throw new BadSnappy(`${written} bytes instead of the announced ${length}`);
  return out;
}

interface Element {
  readonly length: number;
  /** How far back a copy begins; null for a literal, whose bytes are those before `end`. */
  readonly offset: number | null;
  readonly end: number;
}

function readLiteral(block: Buffer, at: number): Element {
  const short = (block[at] ?? 0) >> 2;
  const lengthBytes = Math.max(short - 59, 0);
  const start = at + 1 + lengthBytes;
  if (start > block.length) throw new BadSnappy('the block ends in a tag');
  const length = 1 + (lengthBytes === 0 ? short : block.readUIntLE(at + 1, lengthBytes));
  if (length > block.length - start) throw new BadSnappy('the block ends in a literal');
  return { length, offset: null, end: start + length };
}

function readCopy(block: Buffer, at: number, tag: number): Element {
  const offsetBytes = (tag & 3) === 3 ? 4 : tag & 3;
  const end = at + 1 + offsetBytes;
  if (end > block.length) throw new BadSnappy('the block ends in a tag');
  const low = block.readUIntLE(at + 1, offsetBytes);
  return offsetBytes === 1
    ? { length: 4 + ((tag >> 2) & 7), offset: ((tag >> 5) << 8) | low, end }
    : { length: 1 + (tag >> 2), offset: low, end };
}

/** A copy may reach into what it is writing: then the bytes between repeat. */
function copyBack(out: Buffer, written: number, offset: number, length: number): void {
  if (offset === 0 || offset > written) throw new BadSnappy('a copy from before the beginning');
  if (offset >= length) {
    out.copyWithin(written, written - offset, written - offset + length);
    return;
  }
  for (let i = written; i < written + length; i++) out[i] = out[i - offset] ?? 0;
}

/** The uncompressed length: a varint of at most 32 bits. */
function readLength(block: Buffer): { value: number; end: number } {
  let value = 0;
  for (let at = 0; at < 5; at++) {
    const byte = block[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80 && value < 2 ** 32) return { value, end: at + 1 };
  }
  throw new BadSnappy('no length at the start of the block');
}
