// Makes entries of Loki's push request of the lines of a table, in AssemblyScript; `node tools/lines/build.ts` compiles it into
// agent/outputs/loki/write-wasm.ts. The same bytes as writeEntry of agent/outputs/loki/encode-push.ts writes, which a test holds.

/** A row of the table, as agent/runtime/line-table.ts has it. */
const ROW: usize = 24;
const ENTRIES: u8 = 0x12;
const TIMESTAMP: u8 = 0x0a;
const SECONDS: u8 = 0x08;
const NANOS: u8 = 0x10;
const LINE: u8 = 0x12;

@inline
function varintBytes(value: u32): usize {
  return value == 0 ? 1 : ((38 - clz(value)) / 7) as usize;
}

@inline
function writeVarint(at: usize, value: u32): usize {
  while (value >= 0x80) {
    store<u8>(at, (value as u8) | 0x80);
    value >>= 7;
    at += 1;
  }
  store<u8>(at, value as u8);
  return at + 1;
}

/** Copies 16 bytes at a time, and so up to 15 more than asked for: what lies behind is written next. */
@inline
function copy(to: usize, from: usize, length: usize): void {
  for (let done: usize = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
}

/** A field that proto3 leaves out when it is zero. */
@inline
function fieldBytes(value: u32): usize {
  return value == 0 ? 0 : 1 + varintBytes(value);
}

@inline
function writeField(at: usize, tag: u8, value: u32): usize {
  if (value == 0) return at;
  store<u8>(at, tag);
  return writeVarint(at + 1, value);
}

/** Writes the entries of the channel's rows to `to`, with the metadata in each; returns where they end. */
export function write(rows: usize, count: u32, channel: u32, metadata: usize, metadataBytes: usize, to: usize): usize {
  let at = to;
  const end = rows + (count as usize) * ROW;
  for (let row = rows; row < end; row += ROW) {
    if (load<u32>(row + 20) != channel) continue;
    const start = load<u32>(row + 4) as usize;
    const length = (load<u32>(row + 8) as usize) - start;
    const seconds = load<u32>(row + 12);
    const nanos = load<u32>(row + 16);
    const time = fieldBytes(seconds) + fieldBytes(nanos);
    const line = length == 0 ? 0 : 1 + varintBytes(length as u32) + length;
    store<u8>(at, ENTRIES);
    at = writeVarint(at + 1, (2 + time + line + metadataBytes) as u32);
    store<u8>(at, TIMESTAMP);
    store<u8>(at + 1, time as u8);
    at = writeField(at + 2, SECONDS, seconds);
    at = writeField(at, NANOS, nanos);
    at = writeField(at, LINE, length as u32);
    copy(at, start, length);
    at += length;
    copy(at, metadata, metadataBytes);
    at += metadataBytes;
  }
  return at;
}
