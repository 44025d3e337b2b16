import { compressSync } from 'snappy';

/** One stream of a push request, written out by hand so that tests can send what the agent never would. */
export interface PushStream {
  readonly labels: string;
  readonly entries: readonly PushEntry[];
}

interface PushEntry {
  readonly nanos: bigint;
  readonly line: string | Uint8Array;
  readonly metadata?: Readonly<Record<string, string>>;
}

const LENGTH_DELIMITED = 2;

/** A `PushRequest` message in a snappy block. Written against Loki's push.proto alone: it shares no code with the agent's encoder. */
export function protobufPush(streams: readonly PushStream[]): Buffer {
  return compressSync(Buffer.concat(streams.map((stream) => field(1, streamMessage(stream)))));
}

function streamMessage({ labels, entries }: PushStream): Buffer {
  return Buffer.concat([field(1, Buffer.from(labels)), ...entries.map((entry) => field(2, entryMessage(entry)))]);
}

function entryMessage({ nanos, line, metadata = {} }: PushEntry): Buffer {
  const pairs = Object.entries(metadata).map(([name, value]) => Buffer.concat([field(1, Buffer.from(name)), field(2, Buffer.from(value))]));
  return Buffer.concat([field(1, timestampMessage(nanos)), field(2, Buffer.from(line)), ...pairs.map((pair) => field(3, pair))]);
}

function timestampMessage(nanos: bigint): Buffer {
  return Buffer.concat([varintField(1, nanos / 1_000_000_000n), varintField(2, nanos % 1_000_000_000n)]);
}

function field(number: number, content: Uint8Array): Buffer {
  return Buffer.concat([varint(BigInt((number << 3) | LENGTH_DELIMITED)), varint(BigInt(content.length)), content]);
}

function varintField(number: number, value: bigint): Buffer {
  return Buffer.concat([varint(BigInt(number << 3)), varint(value)]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}
