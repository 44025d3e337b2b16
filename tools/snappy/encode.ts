// Snappy's block encoder in AssemblyScript; `node tools/snappy/build.ts` compiles it into agent/outputs/loki/snappy-wasm.ts.
// A port of golang/snappy's encodeBlock (encode_other.go), which Loki's own clients use; names and constants are its.

/** Blocks are independent of each other: offsets fit 16 bits. */
const BLOCK: usize = 65536;
const TABLE_BITS: u32 = 14;
const TABLE_BYTES: usize = (1 << TABLE_BITS) * 2;
/** A copy may be searched for while this much of the block is left, so that loads of 8 bytes stay inside. */
const INPUT_MARGIN: usize = 15;
const MIN_NON_LITERAL: usize = 17;

/** The hash table stands at the start of memory, the input behind it; the host puts the output behind the input. */
export const INPUT: usize = TABLE_BYTES;

@inline
function hash(word: u32, shift: u32): usize {
  return ((word * 0x1e35a7bd) >> shift) as usize;
}

@inline
function emitLiteral(to: usize, from: usize, length: usize): usize {
  const n = length - 1;
  let at = to;
  if (n < 60) {
    store<u8>(at, (n << 2) as u8);
    at += 1;
  } else if (n < 256) {
    store<u8>(at, 60 << 2);
    store<u8>(at + 1, n as u8);
    at += 2;
  } else {
    store<u8>(at, 61 << 2);
    store<u16>(at + 1, n as u16);
    at += 3;
  }
  copyLiteral(at, from, length);
  return at + length;
}

/** Copies 16 bytes at a time, and so up to 15 more than asked for: what lies behind is written next. `memory.copy` is a call. */
@inline
function copyLiteral(to: usize, from: usize, length: usize): void {
  let done: usize = 0;
  do {
    store<u64>(to + done, load<u64>(from + done));
    store<u64>(to + done + 8, load<u64>(from + done + 8));
    done += 16;
  } while (done < length);
}

@inline
function emitCopy(to: usize, offset: usize, length: usize): usize {
  let at = to;
  let left = length;
  while (left >= 68) {
    store<u8>(at, (63 << 2) | 2);
    store<u16>(at + 1, offset as u16);
    at += 3;
    left -= 64;
  }
  if (left > 64) {
    store<u8>(at, (59 << 2) | 2);
    store<u16>(at + 1, offset as u16);
    at += 3;
    left -= 60;
  }
  if (left >= 12 || offset >= 2048) {
    store<u8>(at, (((left - 1) << 2) | 2) as u8);
    store<u16>(at + 1, offset as u16);
    return at + 3;
  }
  store<u8>(at, (((offset >> 8) << 5) | ((left - 4) << 2) | 1) as u8);
  store<u8>(at + 1, offset as u8);
  return at + 2;
}

/** Where the bytes at `a` and at the later `b` stop being equal, as an address after `b`. */
@inline
function matchEnd(a: usize, b: usize, end: usize): usize {
  while (b + 8 <= end) {
    const difference = load<u64>(a) ^ load<u64>(b);
    if (difference != 0) return b + ((ctz(difference) >> 3) as usize);
    a += 8;
    b += 8;
  }
  while (b < end && load<u8>(a) == load<u8>(b)) {
    a += 1;
    b += 1;
  }
  return b;
}

function encodeBlock(to: usize, block: usize, length: usize): usize {
  let at = to;
  let shift: u32 = 24;
  for (let size: usize = 256; size < 1 << TABLE_BITS && size < length; size <<= 1) shift -= 1;
  memory.fill(0, 0, (1 << (32 - shift)) * 2);
  const end = block + length;
  const limit = end - INPUT_MARGIN;
  let nextEmit = block;
  let s = block + 1;
  let nextHash = hash(load<u32>(s), shift);
  while (true) {
    let skip: usize = 32;
    let nextS = s;
    let candidate: usize;
    do {
      s = nextS;
      const step = skip >> 5;
      nextS = s + step;
      skip += step;
      if (nextS > limit) return emitLiteral(at, nextEmit, end - nextEmit);
      candidate = block + (load<u16>(nextHash << 1) as usize);
      store<u16>(nextHash << 1, (s - block) as u16);
      nextHash = hash(load<u32>(nextS), shift);
    } while (load<u32>(s) != load<u32>(candidate));
    at = emitLiteral(at, nextEmit, s - nextEmit);
    while (true) {
      const base = s;
      s = matchEnd(candidate + 4, s + 4, end);
      at = emitCopy(at, base - candidate, s - base);
      nextEmit = s;
      if (s >= limit) return nextEmit < end ? emitLiteral(at, nextEmit, end - nextEmit) : at;
      const x = load<u64>(s - 1);
      store<u16>(hash(x as u32, shift) << 1, (s - 1 - block) as u16);
      const current = hash((x >> 8) as u32, shift) << 1;
      candidate = block + (load<u16>(current) as usize);
      store<u16>(current, (s - block) as u16);
      if (((x >> 8) as u32) != load<u32>(candidate)) {
        nextHash = hash((x >> 16) as u32, shift);
        s += 1;
        break;
      }
    }
  }
}

/** Encodes `length` bytes at INPUT to `to`, where 48 + length + length / 6 bytes must be free. Returns the length of the block. */
export function encode(length: usize, to: usize): usize {
  let at = to;
  let rest = length;
  while (rest >= 0x80) {
    store<u8>(at, (rest as u8) | 0x80);
    rest >>= 7;
    at += 1;
  }
  store<u8>(at, rest as u8);
  at += 1;
  for (let block = INPUT; block < INPUT + length; block += BLOCK) {
    const size = min(BLOCK, INPUT + length - block);
    at = size < MIN_NON_LITERAL ? emitLiteral(at, block, size) : encodeBlock(at, block, size);
  }
  return at - to;
}
