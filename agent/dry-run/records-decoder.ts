import { RecordJoiner } from '../decode/record-joiner.ts';
import { SourceDecoder } from '../decode/source-decoder.ts';
import { SpareBuffers } from '../decode/spare-buffers.ts';
import { type ChannelMultiline, UNJOINED } from '../model/multiline.ts';
import { RecordView } from '../model/record.ts';
import type { EntryDecoder } from '../pipeline/entry-decoder.ts';
import { ByteBudget } from '../runtime/byte-budget.ts';
import { Wakeup } from '../runtime/wakeup.ts';

interface RecordsLimits {
  readonly maxLineBytes: number;
  readonly partWaitSeconds: number;
  /** What unfinished lines may hold. */
  readonly partBytes: number;
}

/** A decoder that holds the records of a whole log: `next`, then `flush`, hand out all of its entries. */
export function recordsDecoder(
  bytes: Buffer,
  { maxLineBytes, partWaitSeconds, partBytes }: RecordsLimits,
  multiline: ChannelMultiline = UNJOINED,
): EntryDecoder {
  const options = { maxLineBytes, partWaitSeconds, partBudget: new ByteBudget(partBytes, new Wakeup()), spares: new SpareBuffers() };
  const decoder = new RecordJoiner(new SourceDecoder(options, SourceDecoder.start), options);
  decoder.joinLines(multiline);
  decoder.feed({ bytes, at: 0, startsFile: true, endsFile: true, afterGap: false, full: false }, [0, 0]);
  return decoder;
}

/** The entries of a whole log, each a copy. */
export function* entriesOf(records: Buffer, limits: RecordsLimits): Generator<Buffer> {
  const view = new RecordView();
  const decoder = recordsDecoder(records, limits);
  while (decoder.next(view) || decoder.flush(view)) yield Buffer.from(view.buffer.subarray(view.start, view.end));
}
