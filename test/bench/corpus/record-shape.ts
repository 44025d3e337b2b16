/** What a corpus consists of: CRI records, as containerd writes them, in groups that make one entry each. */
export interface RecordShape {
  readonly name: string;
  /** Bytes of one entry as it stands in the file: headers and LFs included. */
  readonly entryBytes: number;
  /** Records that make one entry. */
  readonly recordsPerEntry: number;
  /** `time` is 30 bytes of RFC 3339 with nanoseconds. */
  entry(time: string, next: () => number): string;
}

/** `2026-11-22T00:00:00.000000000Z stdout F ` */
const HEADER_BYTES = 40;
const PART_BYTES = 16_384;
const PARTS_PER_ENTRY = 3;
const LAST_PART_BYTES = 1000;
const LEVELS = ['debug', 'info', 'info', 'info', 'info', 'info', 'warn', 'error'] as const;
const WORDS = 'request served from cache in time with status user session retry upstream timeout order basket payment'.split(' ');

/** JSON lines that compress about as real ones do (3 times with snappy), of `textBytes` without the header. */
function jsonLines(textBytes: number): RecordShape {
  return {
    name: `lines-${textBytes}`,
    entryBytes: HEADER_BYTES + textBytes + 1,
    recordsPerEntry: 1,
    entry: (time, next) => `${time} ${channel(next)} F ${jsonText(textBytes, next)}\n`,
  };
}

/** Records of 266 bytes with their header and LF. */
export const USUAL: RecordShape = jsonLines(225);

/** Plain lines of 40 bytes without the header. */
export const SHORT: RecordShape = {
  name: 'short',
  entryBytes: HEADER_BYTES + 40 + 1,
  recordsPerEntry: 1,
  entry: (time, next) => `${time} ${channel(next)} F ${words(40, next)}\n`,
};

/** Lines of 50,152 bytes, which the runtime has split at 16 KiB. */
export const PARTS: RecordShape = {
  name: 'parts',
  entryBytes: PARTS_PER_ENTRY * (HEADER_BYTES + PART_BYTES + 1) + HEADER_BYTES + LAST_PART_BYTES + 1,
  recordsPerEntry: PARTS_PER_ENTRY + 1,
  entry(time, next) {
    const header = `${time} ${channel(next)}`;
    const parts = Array.from({ length: PARTS_PER_ENTRY }, () => `${header} P ${words(PART_BYTES, next)}\n`);
    return `${parts.join('')}${header} F ${words(LAST_PART_BYTES, next)}\n`;
  },
};

function channel(next: () => number): 'stdout' | 'stderr' {
  return next() % 5 === 0 ? 'stderr' : 'stdout';
}

function jsonText(bytes: number, next: () => number): string {
  const level = LEVELS[(next() >> 8) % LEVELS.length]!;
  const head = `{"level":"${level}","trace":"${next().toString(16)}${next().toString(16)}","msg":"`;
  const tail = `","path":"/api/v1/orders/${next() % 100_000}","took_ms":${next() % 1000}}`;
  return `${head}${words(bytes - head.length - tail.length, next)}${tail}`;
}

function words(bytes: number, next: () => number): string {
  let text = '';
  while (text.length < bytes) text += `${WORDS[(next() >> 8) % WORDS.length]!} `;
  return text.slice(0, bytes);
}
