import { LineScanner } from '../../agent/decode/line-scanner.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import type { Channel } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { LineMemory } from '../../agent/runtime/line-memory.ts';
import { LineBounds, type LineTable } from '../../agent/runtime/line-table.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';

export interface TableLine {
  readonly channel: Channel;
  /** Without an LF in it. */
  readonly text: Buffer;
  readonly seconds: number;
  /** They ascend within a channel, or are made to. */
  readonly nanos: number;
}

const CHUNK_BYTES = 512 * 1024;
const NO_BOUNDS = { oldest: 0, newest: Number.POSITIVE_INFINITY, overheadBytes: 0 };

/** Lines of one hour, found in their records by a decoder, with the addresses of the records. */
export function tableOfLines(lines: readonly TableLine[]): {
  readonly memory: LineMemory;
  readonly table: LineTable;
  readonly addresses: readonly { readonly from: number; readonly to: number }[];
} {
  const memory = new LineMemory(CHUNK_BYTES);
  const records = lines.map(({ channel, text, seconds, nanos }) => {
    const time = new Date(seconds * 1000).toISOString().slice(0, 19);
    return Buffer.concat([Buffer.from(`${time}.${String(nanos).padStart(9, '0')}Z ${channel === 0 ? 'stdout' : 'stderr'} F `), text, LF]);
  });
  const chunk = memory.chunk.subarray(0, Buffer.concat(records).copy(memory.chunk));
  const partBudget = new ByteBudget(0, new Wakeup());
  const decoder = new SourceDecoder(
    { maxLineBytes: 300_000, partWaitSeconds: 10, partBudget, spares: new SpareBuffers() },
    SourceDecoder.start,
    new LineScanner(memory),
  );
  const bounds = new LineBounds();
  Object.assign(bounds, { roomBytes: Number.POSITIVE_INFINITY, maxLineBytes: Number.POSITIVE_INFINITY });
  for (const channel of bounds.channels) Object.assign(channel, NO_BOUNDS);
  decoder.feed({ bytes: chunk, at: 0, startsFile: true, endsFile: false, afterGap: false, full: false }, [0, 0]);
  const table = decoder.nextLines(bounds);
  if (table === null || table.lines !== lines.length) throw new Error(`${table?.lines ?? 0} of ${lines.length} lines are in the table`);
  let to = chunk.byteOffset;
  const addresses = records.map(({ length }) => ({ from: to, to: (to += length) }));
  return { memory, table, addresses };
}

const LF = Buffer.from('\n');
