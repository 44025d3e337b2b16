import { RecordView } from '../../model/record.ts';
import { decodePush, type PushedStream } from './decode-push.ts';
import { type BlockEncoder, lokiRoute, LokiStream, PushEncoder } from './encode-push.ts';

/** Two bodies with half the entries of a push request each, in order; null for a request with one entry. */
export function splitPush(request: Buffer, block: BlockEncoder): readonly [Buffer, Buffer] | null {
  const streams = decodePush(request);
  const total = streams.reduce((sum, { entries }) => sum + entries.length, 0);
  if (total < 2) return null;
  const half = Math.floor(total / 2);
  return [encodeRange(streams, 0, half, block), encodeRange(streams, half, total, block)];
}

function encodeRange(streams: readonly PushedStream[], from: number, to: number, block: BlockEncoder): Buffer {
  const encoder = new PushEncoder(block);
  let index = 0;
  for (const { labels, entries } of streams) {
    const stream = new LokiStream(labels);
    for (const { seconds, nanos, line, metadata } of entries) {
      const entry = Object.assign(new RecordView(), { buffer: line, end: line.length, seconds, nanos });
      if (index >= from && index < to) encoder.append(lokiRoute(stream, metadata), entry);
      index += 1;
    }
  }
  return encoder.seal().body;
}
