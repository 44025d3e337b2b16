// Finds plain lines in a chunk, in AssemblyScript; `node tools/lines/build.ts` compiles it into agent/decode/scan-wasm.ts.
// What agent/decode does with a full CRI record of a channel whose lines are whole, and no more: whatever else comes ends the table, and is
// left to it. So what is taken here is taken as it would be there, which a property test holds.

/** The head of the table, as agent/runtime/line-table.ts has it. */
const HOUR: usize = 0;
const ZONE: usize = 16;
const ZONE_MASK: usize = 24;
const ZONE_BYTES: usize = 32;
const HOUR_SECONDS: usize = 36;
const ROOM: usize = 40;
const MAX_LINE: usize = 44;
const NEXT: usize = 48;
/** Of each channel: the run of equal times as nanoseconds and seconds, so that one word of 64 bits is in order; bounds; sums. */
const CHANNELS: usize = 64;
const CHANNEL_BYTES: usize = 48;
const RUN_START: usize = 0;
const RUN_END: usize = 8;
const OLDEST: usize = 16;
const NEWEST: usize = 20;
const OVERHEAD: usize = 24;
const LINES: usize = 28;
const TEXT_BYTES: usize = 32;
const RECORD_BYTES: usize = 36;
/** A row: where the record begins, its text begins and ends, seconds, nanoseconds, channel. */
const ROW: usize = 24;

/** Bytes of `2006-01-02T15`, and what stands after it: `:04:05.`, a fraction, a zone, then these. */
const HOUR_MASK: i32 = 0x1fff;
const COLON: u32 = 58;
const DOT: u32 = 46;
const ZERO: u32 = 48;
const LF: i8 = 10;
const STDOUT: u64 = 0x2074756f64747320; // ' stdout '
const STDERR: u64 = 0x2072726564747320; // ' stderr '
const FULL: u16 = 0x2046; // 'F '
const SECOND: u64 = 1 << 32;
const LAST_NANO: u32 = 999999999;

@inline
function digit(at: usize): u32 {
  return (load<u8>(at) as u32) - ZERO;
}

/** Two digits up to 59, or more. */
@inline
function sixty(at: usize): u32 {
  const tens = digit(at);
  const ones = digit(at + 1);
  return tens > 5 || ones > 9 ? 100 : tens * 10 + ones;
}

@inline
function findLf(from: usize, end: usize): usize {
  for (let at = from; at < end; at += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(LF)));
    if (found != 0) return at + (ctz(found) as usize);
  }
  return end;
}

/** Fills at most `most` rows at `rows` with the lines from `from` on; `end` is where the chunk ends. Returns how many there are. */
export function scan(from: usize, end: usize, rows: usize, most: u32): u32 {
  const hour = v128.load(HOUR);
  const zone = load<u64>(ZONE);
  const zoneMask = load<u64>(ZONE_MASK);
  const zoneBytes = load<u32>(ZONE_BYTES) as usize;
  const hourSeconds = load<u32>(HOUR_SECONDS);
  const maxLine = load<u32>(MAX_LINE);
  let room = load<u32>(ROOM);
  let record = from;
  let row = rows;
  let count: u32 = 0;
  for (let channel: usize = 0; channel < 2; channel += 1) {
    const block = CHANNELS + channel * CHANNEL_BYTES;
    store<u32>(block + LINES, 0);
    store<u32>(block + TEXT_BYTES, 0);
    store<u32>(block + RECORD_BYTES, 0);
  }
  while (count < most) {
    if ((i8x16.bitmask(i8x16.eq(v128.load(record), hour)) & HOUR_MASK) != HOUR_MASK) break;
    const minute = sixty(record + 14);
    const second = sixty(record + 17);
    if (minute > 59 || second > 59) break;
    if (load<u8>(record + 13) != COLON || load<u8>(record + 16) != COLON || load<u8>(record + 19) != DOT) break;
    let at = record + 20;
    let nanos: u32 = 0;
    let scale: u32 = 1000000000;
    for (let next = digit(at); next <= 9 && scale > 1; next = digit(at)) {
      nanos = nanos * 10 + next;
      scale /= 10;
      at += 1;
    }
    if (at == record + 20) break;
    nanos *= scale;
    if ((load<u64>(at) & zoneMask) != zone) break;
    at += zoneBytes;
    const word = load<u64>(at);
    if ((word != STDOUT && word != STDERR) || load<u16>(at + 8) != FULL) break;
    const channel: u32 = word == STDOUT ? 0 : 1;
    const block = CHANNELS + (channel as usize) * CHANNEL_BYTES;
    const start = at + 10;
    const stop = findLf(start, end);
    if (stop >= end) break;
    const length = (stop - start) as u32;
    const overhead = load<u32>(block + OVERHEAD);
    if (length > maxLine || overhead > room || length > room - overhead) break;
    let time = ((hourSeconds + minute * 60 + second) as u64) * SECOND + (nanos as u64);
    const runEnd = load<u64>(block + RUN_END);
    let runStart = time;
    if (time <= runEnd) {
      runStart = load<u64>(block + RUN_START);
      if (time < runStart) break;
      time = (runEnd as u32) == LAST_NANO ? runEnd - (LAST_NANO as u64) + SECOND : runEnd + 1;
    }
    const seconds = (time >> 32) as u32;
    if (seconds < load<u32>(block + OLDEST) || seconds > load<u32>(block + NEWEST)) break;
    store<u64>(block + RUN_START, runStart);
    store<u64>(block + RUN_END, time);
    store<u32>(block + LINES, load<u32>(block + LINES) + 1);
    store<u32>(block + TEXT_BYTES, load<u32>(block + TEXT_BYTES) + length);
    store<u32>(block + RECORD_BYTES, load<u32>(block + RECORD_BYTES) + ((stop + 1 - record) as u32));
    store<u32>(row, record as u32);
    store<u32>(row + 4, start as u32);
    store<u32>(row + 8, stop as u32);
    store<u32>(row + 12, seconds);
    store<u32>(row + 16, time as u32);
    store<u32>(row + 20, channel);
    room -= overhead + length;
    record = stop + 1;
    row += ROW;
    count += 1;
  }
  store<u32>(NEXT, record as u32);
  return count;
}
