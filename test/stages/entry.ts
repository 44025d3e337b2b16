import { type Metadata, RecordView } from '../../agent/model/record.ts';
import { Entry } from '../../agent/process/entry.ts';
import type { Stage } from '../../agent/process/stage.ts';

const AROUND = Buffer.from('"level=fatal" a@b.cd');

/** The view of a text in the middle of a chunk that holds, on either side of it, what stages look for. */
export function viewOf(text: Buffer, metadata: Metadata | null = null): RecordView {
  const buffer = Buffer.concat([AROUND, text, AROUND]);
  return Object.assign(new RecordView(), { buffer, start: AROUND.length, end: AROUND.length + text.length, metadata });
}

export interface Processed {
  readonly goesOn: boolean;
  readonly text: Buffer;
  readonly metadata: Metadata | null;
}

/** What a stage makes of a text; the chunk that it came from must be as it was. */
export function processed(stage: Stage, text: Buffer | string, metadata: Metadata | null = null): Processed {
  return processedEntry(stage, new Entry(viewOf(Buffer.from(text), metadata)));
}

/** The same of an entry, which keeps what stages found out besides. */
export function processedEntry(stage: Stage, entry: Entry): Processed {
  const { buffer: chunk } = entry.view;
  const before = Buffer.from(chunk);
  const goesOn = stage.apply(entry);
  if (!chunk.equals(before)) throw new Error('the chunk was written to');
  const { buffer, start, end, metadata } = entry.view;
  return { goesOn, text: Buffer.from(buffer.subarray(start, end)), metadata };
}
