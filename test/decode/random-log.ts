import * as fc from 'fast-check';

/** A log that no runtime would write: whatever sizes, times and orders of records there can be, and lines that are no records. */
export interface RandomLog {
  readonly files: readonly Buffer[];
  readonly maxLineBytes: number;
  readonly chunkBytes: number;
  /** What its unfinished lines may hold. */
  readonly partBytes: number;
}

interface RecordPlan {
  readonly form: 'cri' | 'docker' | 'malformed';
  readonly channel: 'stdout' | 'stderr';
  readonly partial: boolean;
  readonly bytes: number;
  readonly stepNs: number;
  /** The next record, the next file, or that without this record's LF. */
  readonly behind: 'record' | 'file' | 'torn';
}

/** Bytes that tell their place, so that none can be exchanged for another unnoticed; some need escapes in JSON, one is no UTF-8. */
function content(seed: number, bytes: number): Buffer {
  const text = Buffer.alloc(bytes);
  for (let i = 0; i < bytes; i += 1) text[i] = 33 + ((seed * 31 + i * 7 + (i >> 4)) % 94);
  if (bytes > 5) text[5] = 0xff;
  return text;
}

function encode({ form, channel, partial, bytes }: RecordPlan, seed: number, timeNs: bigint): Buffer {
  const text = content(seed, bytes);
  const seconds = new Date(Number(timeNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const time = `${seconds}.${String(timeNs % 1_000_000_000n).padStart(9, '0')}Z`;
  if (form === 'malformed') return Buffer.concat([Buffer.from(partial ? '!' : '1969-12-31T00:00:00.5Z stdout F '), text]);
  if (form === 'cri') return Buffer.concat([Buffer.from(`${time} ${channel} ${partial ? 'P' : 'F'} `), text]);
  return Buffer.from(JSON.stringify({ log: text.toString('latin1') + (partial ? '' : '\n'), stream: channel, time }));
}

function write(plans: readonly RecordPlan[]): Buffer[] {
  const files: Buffer[] = [];
  let live: Buffer[] = [];
  let timeNs = 1_714_564_800_000_000_000n;
  for (const [seed, plan] of plans.entries()) {
    timeNs += BigInt(plan.stepNs);
    live.push(encode(plan, seed, timeNs));
    if (plan.behind !== 'torn') live.push(Buffer.from('\n'));
    if (plan.behind === 'record') continue;
    files.push(Buffer.concat(live));
    live = [];
  }
  return [...files, Buffer.concat(live)];
}

const SECOND = 1_000_000_000;

const plans: fc.Arbitrary<RecordPlan> = fc.record({
  form: fc.constantFrom('cri', 'cri', 'cri', 'docker', 'malformed'),
  channel: fc.constantFrom('stdout', 'stderr'),
  partial: fc.boolean(),
  bytes: fc.oneof({ weight: 6, arbitrary: fc.nat({ max: 60 }) }, fc.nat({ max: 300 }), fc.nat({ max: 3000 })),
  stepNs: fc.constantFrom(0, 0, 0, 1, 2, -1, -2, SECOND, 9 * SECOND, -SECOND, 70 * SECOND),
  behind: fc.constantFrom('record', 'record', 'record', 'record', 'record', 'record', 'file', 'torn'),
});

export const randomLogs: fc.Arbitrary<RandomLog> = fc
  .record({
    plans: fc.array(plans, { minLength: 1, maxLength: 40 }),
    maxLineBytes: fc.integer({ min: 16, max: 200 }),
    moreChunkBytes: fc.integer({ min: 257, max: 1200 }),
    partBytes: fc.constantFrom(0, 1_000_000, 1_000_000),
  })
  .map(({ plans, maxLineBytes, moreChunkBytes, partBytes }) => {
    return { files: write(plans), maxLineBytes, chunkBytes: maxLineBytes + moreChunkBytes, partBytes };
  });

/** Places at which a reader finds the log not written any further, in order. */
export const stops: fc.Arbitrary<number[]> = fc
  .array(fc.nat({ max: 6000 }), { maxLength: 20 })
  .map((places) => places.toSorted((a, b) => a - b));
