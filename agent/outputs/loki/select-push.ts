import { RecordView } from '../../model/record.ts';
import { decodePush } from './decode-push.ts';
import { type BlockEncoder, lokiRoute, LokiStream, PushEncoder } from './encode-push.ts';

/** The body of a push request with some of the entries of `request`: those at `positions`, which ascend and are not empty. */
export function selectPush(request: Buffer, positions: readonly number[], block: BlockEncoder): Buffer {
  const encoder = new PushEncoder(block);
  const wanted = new Set(positions);
  const kept: LokiStream[] = [];
  let position = 0;
  for (const { labels, entries } of decodePush(request)) {
    const stream = new LokiStream(labels);
    for (const { seconds, nanos, line, metadata } of entries) {
      const entry = Object.assign(new RecordView(), { buffer: line, end: line.length, seconds, nanos });
      if (wanted.has(position)) encoder.append(lokiRoute(stream, metadata), entry);
      position += 1;
    }
    if (stream.wire !== null) kept.push(stream);
  }
  return encoder.seal(kept);
}
