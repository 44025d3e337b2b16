import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryLog } from '../../agent/deliver/entry-log.ts';
import type { Origin, Span } from '../../agent/deliver/origin.ts';
import { CHANNELS, STDERR, STDOUT, type Channel } from '../../agent/model/record.ts';
import type { LineTable } from '../../agent/runtime/line-table.ts';
import { WireBufferPool } from '../../agent/runtime/wire-buffer.ts';
import { tableOfLines } from '../support/table-of-lines.ts';

const ORIGINS: readonly Origin[] = ['a', 'b', 'c'].map((source) => ({
  dropped: () => undefined,
  describe: (offset) => ({ source, file: '', offset }),
}));

function logOf(spans: readonly Span[]): { readonly log: EntryLog; readonly bytes: number } {
  const log = new EntryLog(new WireBufferPool());
  const reused = { origin: ORIGINS[0]!, from: 0, bytes: 0 };
  let bytes = 0;
  for (const span of spans) bytes += log.append(Object.assign(reused, span));
  log.close();
  return { log, bytes };
}

/** Records with so much text as a table, and where in the source they stand when places are `base` from addresses. */
function tableOf(records: readonly { channel: Channel; text: number }[], base: number): { table: LineTable; spans: Span[] } {
  const { table, addresses } = tableOfLines(
    records.map(({ channel, text }) => ({ channel, text: Buffer.alloc(text, 'x'), seconds: 1, nanos: 1 })),
  );
  const spans = addresses.map(({ from, to }) => ({ origin: ORIGINS[0]!, from: base + from, bytes: to - from }));
  return { table, spans };
}

describe(EntryLog, () => {
  test('I5 every entry is found again, whatever the order of places and origins', () => {
    const place = fc.oneof(fc.nat(300), fc.maxSafeNat());
    const span = fc.record({ origin: fc.constantFrom(...ORIGINS), from: place, bytes: fc.nat(70_000) }, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 60 }), (spans) => {
        const { log } = logOf(spans);
        expect([log.entries, log.spans()]).toStrictEqual([spans.length, spans]);
      }),
    );
  });

  test('I5 lines of a table are found again as if they had come one by one, those of each channel in their log', () => {
    const record = fc.record({ channel: fc.constantFrom<Channel[]>(STDOUT, STDERR), text: fc.nat(300) });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 60 }), fc.nat(1000), (records, base) => {
        const { table, spans } = tableOf(records, base);
        for (const channel of CHANNELS) {
          const wanted = logOf(spans.filter((_, row) => records[row]!.channel === channel));
          const log = new EntryLog(new WireBufferPool());
          const bytes = log.appendLines(ORIGINS[0]!, table, channel, base);
          log.close();
          expect([bytes, log.spans()]).toStrictEqual([wanted.bytes, wanted.log.spans()]);
        }
      }),
    );
  });

  test('I3 lines that follow each other cost two bytes each', () => {
    const spans = Array.from({ length: 1000 }, (_, n) => ({ origin: ORIGINS[0]!, from: 5 + n * 300, bytes: 300 }));
    expect(logOf(spans).bytes).toBe(64 + 2000);
  });

  test('buffers serve the next log, and do not disturb the one before', () => {
    const pool = new WireBufferPool();
    const first = new EntryLog(pool);
    first.append({ origin: ORIGINS[0]!, from: 1, bytes: 2 });
    first.close();
    const second = new EntryLog(pool);
    second.append({ origin: ORIGINS[1]!, from: 3, bytes: 4 });
    expect(first.spans()).toStrictEqual([{ origin: ORIGINS[0], from: 1, bytes: 2 }]);
  });
});
