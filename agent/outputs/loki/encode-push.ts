import assert from 'node:assert';
import type { Unsendable } from '../../deliver/entry-check.ts';
import type { BatchEncoder, Route } from '../../deliver/output.ts';
import { Stream } from '../../deliver/stream.ts';
import type { StreamIdentity } from '../../model/labels.ts';
import { type Channel, type Metadata, metadataBytes, type RecordView, STDERR, STDOUT } from '../../model/record.ts';
import type { LineMemory } from '../../runtime/line-memory.ts';
import type { LineTable } from '../../runtime/line-table.ts';
import { RecentValues } from '../../runtime/recent-values.ts';
import { varintLength, writeVarint } from '../../runtime/varint.ts';
import { WireBuffer, WireBufferPool } from '../../runtime/wire-buffer.ts';
import { type EncodedMetadata, encodeMetadata } from './encoded-metadata.ts';
import { EntryWriter } from './entry-writer.ts';
import { labelString } from './label-string.ts';
import { lengthDelimited } from './protobuf.ts';
import { routeRefusal } from './route-refusal.ts';

/*
 * logproto.PushRequest (loki pkg/push/push.proto); the tags are field number << 3 | wire type:
 *   PushRequest   { repeated StreamAdapter streams = 1; }
 *   StreamAdapter { string labels = 1; repeated EntryAdapter entries = 2; }
 *   EntryAdapter  { Timestamp timestamp = 1; string line = 2; repeated LabelPairAdapter structuredMetadata = 3; }
 *   Timestamp { int64 seconds = 1; int32 nanos = 2; }   LabelPairAdapter: see encoded-metadata.ts
 */
const STREAMS = 0x0a;
const LABELS = 0x0a;
const ENTRIES = 0x12;
const TIMESTAMP = 0x0a;
const SECONDS = 0x08;
const NANOS = 0x10;
const LINE = 0x12;
/** Most bytes that a stream's tag and length take, and those of an entry's tags, lengths and time. */
const STREAM_HEADER = 6;
const ENTRY_HEADER = 32;
/** An entry's own tag and length, and the padding of the metadata's last word. */
const ENTRY_SLACK = 9;

/** Turns a request into the snappy block that is its body. */
export interface BlockEncoder {
  /** Where `length` bytes are to be written before `encode(length)`; valid until the next call. */
  input(length: number): Buffer;
  /** The block of the first `length` bytes of the input, in a buffer of its own. */
  encode(length: number): Buffer;
  /** Takes back a body that nobody reads any more. */
  release(body: Buffer): void;
}

/** A Loki stream, and its entries in the open batch. */
export class LokiStream extends Stream {
  readonly name: string;
  /** The name as it stands in a request. */
  readonly labels: Buffer;
  wire: WireBuffer | null = null;

  constructor(name: string) {
    super();
    this.name = name;
    this.labels = unpooled(lengthDelimited(LABELS, Buffer.from(name)));
  }
}

export interface LokiRoute extends Route {
  readonly stream: LokiStream;
  readonly metadata: Metadata;
  /** Structured metadata of every entry. */
  readonly encodedMetadata: EncodedMetadata;
}

/** The route of entries of a stream that all carry `metadata`. */
export function lokiRoute(stream: LokiStream, metadata: Metadata, refusal: Unsendable | null = null): LokiRoute {
  return { stream, metadata, metadataBytes: metadataBytes(metadata), encodedMetadata: encodeMetadata(metadata), refusal };
}

/** A copy with memory of its own: a slice of Node's pool keeps eight kilobytes alive for as long as its source is followed. */
function unpooled(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

/** Label sets of one output: equal labels are one stream, whoever writes to it, for as long as anyone does. */
export class LokiStreams {
  readonly #streams = new Map<string, WeakRef<LokiStream>>();
  readonly #forgotten = new FinalizationRegistry<string>((labels) => {
    if (this.#streams.get(labels)?.deref() === undefined) this.#streams.delete(labels);
  });

  route(identity: StreamIdentity): LokiRoute {
    return lokiRoute(this.#streamOf(labelString(identity.labels)), identity.metadata, routeRefusal(identity));
  }

  #streamOf(labels: string): LokiStream {
    const known = this.#streams.get(labels)?.deref();
    if (known !== undefined) return known;
    const stream = new LokiStream(labels);
    this.#streams.set(labels, new WeakRef(stream));
    this.#forgotten.register(stream, labels);
    return stream;
  }
}

/**
 * Encodes entries straight from the record view into the wire buffer of their stream; sealing gathers the streams into one
 * request. A string, an object or a copy of a line is made for none of them.
 */
export class PushEncoder implements BatchEncoder<LokiRoute> {
  bytes = 0;
  readonly #block: BlockEncoder;
  readonly #pool: WireBufferPool;
  /** Of single entries: nearly always one of a few arrays, which stages hand out for every entry that they say the same of. */
  readonly #own = new RecentValues(encodeMetadata);
  readonly #writer: EntryWriter | null;

  /** `lines`: where tables stand; `pool`: of memory for streams. */
  constructor(block: BlockEncoder, lines?: LineMemory, pool: WireBufferPool = new WireBufferPool()) {
    this.#block = block;
    this.#pool = pool;
    this.#writer = lines === undefined ? null : new EntryWriter(lines);
  }

  sizeBound(route: LokiRoute, entry: RecordView): number {
    const labels = route.stream.wire === null ? route.stream.labels.length + STREAM_HEADER : 0;
    const metadata = entry.metadata === null ? 0 : this.#own.of(entry.metadata).length;
    return labels + ENTRY_HEADER + (entry.end - entry.start) + route.encodedMetadata.length + metadata;
  }

  append(route: LokiRoute, entry: RecordView): number {
    const { stream } = route;
    const before = this.bytes;
    if (stream.wire === null) {
      stream.wire = new WireBuffer(this.#pool);
      this.bytes += stream.labels.length + STREAM_HEADER;
    }
    const start = stream.wire.length;
    const own = entry.metadata === null ? null : this.#own.of(entry.metadata);
    writeEntry(stream.wire, entry, route.encodedMetadata, own);
    this.bytes += stream.wire.length - start;
    return this.bytes - before;
  }

  lineOverhead({ stream, encodedMetadata }: LokiRoute): number | null {
    if (stream.wire === null || this.#writer?.takes(encodedMetadata) !== true) return null;
    return ENTRY_HEADER + encodedMetadata.length;
  }

  appendLines(routes: readonly LokiRoute[], table: LineTable): number {
    const grown = this.#writeLines(STDOUT, routes[STDOUT]!, table) + this.#writeLines(STDERR, routes[STDERR]!, table);
    this.bytes += grown;
    return grown;
  }

  #writeLines(channel: Channel, { stream, encodedMetadata }: LokiRoute, table: LineTable): number {
    return table.linesOf(channel) === 0 ? 0 : this.#writer!.append(stream.wire!, table, channel, encodedMetadata);
  }

  seal(streams: readonly LokiStream[]): Buffer {
    assert(streams.length > 0, 'an empty batch is never sealed');
    const body = this.#block.encode(this.#gather(streams));
    for (const stream of streams) {
      this.bytes -= stream.labels.length + STREAM_HEADER + stream.wire!.length;
      stream.wire!.release();
      stream.wire = null;
    }
    return body;
  }

  release(body: Buffer): void {
    this.#block.release(body);
  }

  /** Writes the request into the block encoder's input; returns its length. */
  #gather(streams: readonly LokiStream[]): number {
    let total = 0;
    for (const { labels, wire } of streams) {
      const length = labels.length + wire!.length;
      total += 1 + varintLength(length) + length;
    }
    const target = this.#block.input(total);
    let at = 0;
    for (const { labels, wire } of streams) {
      target[at] = STREAMS;
      at = writeVarint(target, at + 1, labels.length + wire!.length);
      at += labels.copy(target, at);
      at += wire!.copy(target, at);
    }
    return total;
  }
}

/** Appends one EntryAdapter; zero seconds, nanos and an empty line are left out, as proto3 has it. */
function writeEntry(wire: WireBuffer, entry: RecordView, common: EncodedMetadata, own: EncodedMetadata | null): void {
  const { seconds, nanos } = entry;
  const lineLength = entry.end - entry.start;
  const timeLength = (seconds === 0 ? 0 : 1 + varintLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
  const lineField = lineLength === 0 ? 0 : 1 + varintLength(lineLength) + lineLength;
  const length = 2 + timeLength + lineField + common.length + (own === null ? 0 : own.length);
  wire.reserve(length + ENTRY_SLACK);
  const target = wire.bytes;
  let at = wire.at;
  target[at] = ENTRIES;
  at = writeVarint(target, at + 1, length);
  target[at] = TIMESTAMP;
  target[at + 1] = timeLength;
  at += 2;
  if (seconds !== 0) {
    target[at] = SECONDS;
    at = writeVarint(target, at + 1, seconds);
  }
  if (nanos !== 0) {
    target[at] = NANOS;
    at = writeVarint(target, at + 1, nanos);
  }
  if (lineLength !== 0) {
    target[at] = LINE;
    at = writeVarint(target, at + 1, lineLength);
    at += entry.buffer.copy(target, at, entry.start, entry.end);
  }
  at = writeWords(wire, at, common);
  if (own !== null) at = writeWords(wire, at, own);
  wire.at = at;
}

/** Returns the place behind what is written; up to three bytes more are. */
function writeWords({ view }: WireBuffer, at: number, { length, words }: EncodedMetadata): number {
  for (let i = 0; i < words.length; i += 1) view.setInt32(at + i * 4, words[i]!, true);
  return at + length;
}
