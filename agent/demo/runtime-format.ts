import { CHANNEL_NAMES, type Channel } from '../model/record.ts';
import { civilSeconds, nineDigits, rfc3339Nano, type Time } from '../runtime/civil-time.ts';

/** How a container runtime turns what a program prints into records of its log file. One per log: it holds the lines still open. */
export interface RuntimeFormat {
  /** The records that `bytes`, written by the program at once, make the runtime write. */
  print(channel: Channel, bytes: Buffer, time: Time): Buffer;
  /** The records for what is still open when the log is reopened or the program ends. */
  flush(time: Time): Buffer;
  /** The format for the next file of the same log: nothing is open in it, and time goes on. */
  next(): RuntimeFormat;
}

export type Runtime = 'containerd' | 'conmon' | 'docker';

export function runtimeFormat(runtime: Runtime): RuntimeFormat {
  if (runtime === 'conmon') return CONMON;
  return new BufferedFormat(runtime === 'docker' ? DOCKER : CONTAINERD);
}

interface Piece {
  readonly channel: Channel;
  readonly bytes: Buffer;
  /** The line ends with this piece. */
  readonly ended: boolean;
}

interface BufferedRules {
  /** What a record holds at most, and the longest line that is written whole. */
  readonly pieceBytes: number;
  readonly wholeBytes: number;
  /** All pieces of a line bear the time of its first one; else every record has a time of its own. */
  readonly oneTimePerLine: boolean;
  record(piece: Piece, time: Time): Buffer;
}

/** containerd internal/cri/io/logger.go: 16384 is its max_container_log_line_size; a CR before the LF is dropped with it. */
const CONTAINERD: BufferedRules = {
  pieceBytes: 16_384,
  wholeBytes: 16_384,
  oneTimePerLine: false,
  record({ channel, bytes, ended }, time) {
    const body = ended && bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes;
    return criRecord({ channel, bytes: body, ended }, rfc3339Nano(time));
  },
};

/** moby daemon/logger/copier.go and jsonfilelog: the LF counts, so a line of 16384 bytes ends in a record of its own. Bad UTF-8 is lost. */
const DOCKER: BufferedRules = {
  pieceBytes: 16_384,
  wholeBytes: 16_383,
  oneTimePerLine: true,
  record({ channel, bytes, ended }, time) {
    const log = `${bytes.toString()}${ended ? '\n' : ''}`;
    return Buffer.from(`${JSON.stringify({ log, stream: CHANNEL_NAMES[channel], time: rfc3339Nano(time) })}\n`);
  },
};

/** containerd and docker hold a line back until it ends or grows too long. Times never repeat or go back. */
class BufferedFormat implements RuntimeFormat {
  readonly #rules: BufferedRules;
  readonly #open: [Buffer, Buffer] = [Buffer.alloc(0), Buffer.alloc(0)];
  readonly #lineTime: [Time | null, Time | null] = [null, null];
  #last: Time = [0, 0];

  constructor(rules: BufferedRules) {
    this.#rules = rules;
  }

  print(channel: Channel, bytes: Buffer, time: Time): Buffer {
    const records: Buffer[] = [];
    let rest = Buffer.concat([this.#open[channel], bytes]);
    for (let piece = this.#cut(channel, rest); piece !== null; piece = this.#cut(channel, rest)) {
      records.push(this.#record(piece, time));
      rest = rest.subarray(piece.bytes.length + (piece.ended ? 1 : 0));
    }
    this.#open[channel] = rest;
    return Buffer.concat(records);
  }

  flush(time: Time): Buffer {
    const open = ([0, 1] as const).filter((channel) => this.#open[channel].length > 0);
    const records = open.map((channel) => this.#record({ channel, bytes: this.#open[channel], ended: false }, time));
    this.#open.fill(Buffer.alloc(0));
    return Buffer.concat(records);
  }

  next(): RuntimeFormat {
    const next = new BufferedFormat(this.#rules);
    next.#last = this.#last;
    return next;
  }

  #cut(channel: Channel, bytes: Buffer): Piece | null {
    const { wholeBytes, pieceBytes } = this.#rules;
    const newline = bytes.indexOf(10);
    if (newline >= 0 && newline <= wholeBytes) return { channel, bytes: bytes.subarray(0, newline), ended: true };
    return bytes.length > wholeBytes ? { channel, bytes: bytes.subarray(0, pieceBytes), ended: false } : null;
  }

  #record(piece: Piece, time: Time): Buffer {
    const lineTime = this.#rules.oneTimePerLine ? this.#lineTime[piece.channel] : null;
    const recordTime = lineTime ?? this.#laterThanLast(time);
    this.#lineTime[piece.channel] = piece.ended ? null : recordTime;
    return this.#rules.record(piece, recordTime);
  }

  /** `time`, or a nanosecond after the last one when that is later: two records of one burst are never quite simultaneous. */
  #laterThanLast(time: Time): Time {
    const [seconds, nanos] = this.#last;
    const isLater = time[0] > seconds || (time[0] === seconds && time[1] > nanos);
    if (isLater) this.#last = time;
    else this.#last = nanos < 999_999_999 ? [seconds, nanos + 1] : [seconds + 1, 0];
    return this.#last;
  }
}

/** conmon src/config.h STDIO_BUF_SIZE. */
const CONMON_READ_BYTES = 8192;

/** conmon writes at once what one read(2) gave it, all under one time: nothing stays open, and the end of a read may cut any line. */
const CONMON: RuntimeFormat = {
  print(channel, bytes, time) {
    const stamp = `${civilSeconds(time)}.${nineDigits(time[1])}+00:00`;
    const records: Buffer[] = [];
    for (let start = 0; start < bytes.length; start += CONMON_READ_BYTES) {
      const pieces = piecesOfRead(channel, bytes.subarray(start, start + CONMON_READ_BYTES));
      records.push(...pieces.map((piece) => criRecord(piece, stamp)));
    }
    return Buffer.concat(records);
  },
  flush: () => Buffer.alloc(0),
  next: () => CONMON,
};

function piecesOfRead(channel: Channel, read: Buffer): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (let newline = read.indexOf(10); newline >= 0; newline = read.indexOf(10, start)) {
    pieces.push({ channel, bytes: read.subarray(start, newline), ended: true });
    start = newline + 1;
  }
  if (start < read.length) pieces.push({ channel, bytes: read.subarray(start), ended: false });
  return pieces;
}

/** `<time> <stdout|stderr> <P|F> <content>`: the space after the tag is there even when the content is empty. */
function criRecord({ channel, bytes, ended }: Piece, stamp: string): Buffer {
  return Buffer.concat([Buffer.from(`${stamp} ${CHANNEL_NAMES[channel]} ${ended ? 'F' : 'P'} `), bytes, Buffer.from('\n')]);
}
