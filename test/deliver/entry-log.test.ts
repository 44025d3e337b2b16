import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntryLog } from '../../agent/deliver/entry-log.ts';
import type { Origin, Span } from '../../agent/deliver/origin.ts';
import { WireBufferPool } from '../../agent/runtime/wire-buffer.ts';

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
