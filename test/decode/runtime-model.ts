import * as fc from 'fast-check';
import { type Channel, CHANNEL_NAMES } from '../../agent/model/record.ts';

const LF = 10;

/** What happens to the log of a container: its program writes, or the log is rotated. */
type Event = { readonly write: Buffer; readonly channel: Channel; readonly stepNs: number } | 'rotate';

/** A line as the program printed it. */
export interface ModelLine {
  readonly channel: Channel;
  readonly content: Buffer;
  /** Nanoseconds since 1970, of its first record. */
  readonly timeNs: bigint;
  /** It has its LF. */
  readonly ended: boolean;
}

export interface ModelLog {
  readonly files: readonly Buffer[];
  /** In the order of their last records; unfinished ones last, stdout first. */
  readonly lines: readonly ModelLine[];
}

/** How a runtime cuts what is printed into records; sizes are small, so that short logs have all there is to see. */
type RuntimeModel =
  | { readonly runtime: 'containerd'; readonly lineBytes: number }
  | { readonly runtime: 'conmon'; readonly readBytes: number }
  | { readonly runtime: 'docker'; readonly bufferBytes: number };

const START_NS = 1_714_564_800_000_000_000n;

/** One container's log, written record by record. */
class ModelWriter {
  readonly #model: RuntimeModel;
  readonly #files: Buffer[][] = [];
  /** The records of the newest one. */
  #live: Buffer[] = [];
  readonly #printed: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  /** Bytes that the runtime did not write yet. */
  readonly #waiting: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  readonly #firstNs: [bigint | null, bigint | null] = [null, null];
  readonly #lines: ModelLine[] = [];
  #nowNs = START_NS;

  constructor(model: RuntimeModel) {
    this.#model = model;
  }

  take(event: Event): void {
    if (event === 'rotate') {
      for (const channel of [0, 1] as const) this.#flush(channel);
      this.#files.push(this.#live);
      this.#live = [];
      return;
    }
    const { write, channel, stepNs } = event;
    this.#nowNs += BigInt(stepNs);
    this.#printed[channel] = Buffer.concat([this.#printed[channel], write]);
    switch (this.#model.runtime) {
      case 'conmon':
        for (let at = 0; at < write.length; at += this.#model.readBytes)
          this.#read(channel, write.subarray(at, at + this.#model.readBytes));
        break;
      case 'containerd':
        this.#buffer(channel, write, this.#model.lineBytes, this.#model.lineBytes);
        break;
      case 'docker':
        this.#buffer(channel, write, this.#model.bufferBytes, this.#model.bufferBytes - 1);
        break;
    }
  }

  /** One read(2) of conmon: every line in it is a record, and what has no end yet is a part at once. */
  #read(channel: Channel, bytes: Buffer): void {
    let start = 0;
    for (let lf = bytes.indexOf(LF); lf !== -1; lf = bytes.indexOf(LF, start)) {
      this.#record(channel, bytes.subarray(start, lf), true);
      start = lf + 1;
    }
    if (start < bytes.length) this.#record(channel, bytes.subarray(start), false);
  }

  /** containerd and Docker hold back what has no end, until it is more than `partBytes`; a line of `wholeBytes` is still one record. */
  #buffer(channel: Channel, bytes: Buffer, partBytes: number, wholeBytes: number): void {
    let waiting = Buffer.concat([this.#waiting[channel], bytes]);
    for (;;) {
      const lf = waiting.indexOf(LF);
      const ended = lf !== -1 && lf <= wholeBytes;
      if (!ended && waiting.length <= wholeBytes) break;
      const length = ended ? lf : partBytes;
      this.#record(channel, waiting.subarray(0, length), ended);
      waiting = waiting.subarray(ended ? length + 1 : length);
    }
    this.#waiting[channel] = waiting;
  }

  #flush(channel: Channel): void {
    if (this.#waiting[channel].length > 0) this.#record(channel, this.#waiting[channel], false);
    this.#waiting[channel] = Buffer.alloc(0);
  }

  #record(channel: Channel, content: Buffer, ended: boolean): void {
    const firstNs = this.#firstNs[channel] ?? this.#nowNs;
    const timeNs = this.#model.runtime === 'docker' ? firstNs : this.#nowNs;
    this.#live.push(encodeRecord(this.#model.runtime, { channel, content, ended, timeNs }));
    this.#firstNs[channel] = ended ? null : firstNs;
    if (ended) this.#endLine(channel, firstNs);
  }

  #endLine(channel: Channel, timeNs: bigint): void {
    const printed = this.#printed[channel];
    const lf = printed.indexOf(LF);
    this.#lines.push({ channel, content: printed.subarray(0, lf), timeNs, ended: true });
    this.#printed[channel] = printed.subarray(lf + 1);
  }

  end(): ModelLog {
    for (const channel of [0, 1] as const) {
      this.#flush(channel);
      const timeNs = this.#firstNs[channel];
      if (timeNs !== null) this.#lines.push({ channel, content: this.#printed[channel], timeNs, ended: false });
    }
    return { files: [...this.#files, this.#live].map((records) => Buffer.concat(records)), lines: this.#lines };
  }
}

function encodeRecord(runtime: RuntimeModel['runtime'], { channel, content, ended, timeNs }: ModelLine): Buffer {
  const seconds = new Date(Number(timeNs / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const nanos = String(timeNs % 1_000_000_000n).padStart(9, '0');
  const trimmed = `${seconds}.${nanos}`.replace(/\.?0+$/, '');
  const stream = CHANNEL_NAMES[channel];
  if (runtime === 'docker') {
    return Buffer.from(`${JSON.stringify({ log: content.toString() + (ended ? '\n' : ''), stream, time: `${trimmed}Z` })}\n`);
  }
  const stamp = runtime === 'containerd' ? `${trimmed}Z` : `${seconds}.${nanos}+00:00`;
  return Buffer.concat([Buffer.from(`${stamp} ${stream} ${ended ? 'F' : 'P'} `), content, Buffer.from('\n')]);
}

const model: fc.Arbitrary<RuntimeModel> = fc.oneof(
  fc.record({ runtime: fc.constant('containerd' as const), lineBytes: fc.integer({ min: 1, max: 24 }) }),
  fc.record({ runtime: fc.constant('conmon' as const), readBytes: fc.integer({ min: 1, max: 24 }) }),
  fc.record({ runtime: fc.constant('docker' as const), bufferBytes: fc.integer({ min: 2, max: 24 }) }),
);

/** Pieces of what is printed; in ASCII, for Docker's log holds no other bytes whole when it cuts them. */
const words = fc.oneof(
  { weight: 3, arbitrary: fc.constant('\n') },
  { weight: 4, arbitrary: fc.string({ maxLength: 40 }) },
  fc.constantFrom('\0', ' ', '2024-05-01T12:00:00Z stderr P ', '{"log":"', '\\n', '\t"'),
);

const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      write: fc.array(words, { minLength: 1, maxLength: 6 }).map((parts) => Buffer.from(parts.join(''))),
      channel: fc.constantFrom<Channel>(0, 1),
      stepNs: fc.constantFrom(0, 0, 1, 2, 1000, 1_000_000_000),
    }),
  },
  fc.constant<Event>('rotate'),
);

/** Logs of any runtime: both channels, lines in parts, over several files. */
export const modelLogs: fc.Arbitrary<ModelLog> = fc.tuple(model, fc.array(event, { maxLength: 40 })).map(([chosen, events]) => {
  const writer = new ModelWriter(chosen);
  for (const one of events) writer.take(one);
  return writer.end();
});
