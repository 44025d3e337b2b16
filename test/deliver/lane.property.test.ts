import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lane } from '../../agent/deliver/lane.ts';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { failed, limited, type MemoryRequest, MemoryOutput, refused, retry, STORED } from '../support/memory-output.ts';

const BATCH_BYTES = 200;
const LONGEST_LINE = 60;
/** What an entry takes beside its line at the most, when it is refused. */
const ENTRY_BYTES = 1024;
const BUDGET_BYTES = 3000;

/** What a store makes of a line, by its first word. */
const MARKS = ['ok', 'ok', 'ok', 'ok', 'bad', 'named', 'lost', 'poison', 'long'] as const;

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ stream: fc.constantFrom('a', 'b', 'c'), mark: fc.constantFrom(...MARKS), length: fc.nat(40) }),
  },
  { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(0, 1, 100, 1000, 5000, 60_000) }) },
  { weight: 1, arbitrary: fc.record({ outage: fc.nat(12), by: fc.constantFrom('503', '500', '429', 'some', '401') }) },
);

/** A store that refuses what is marked, in each of the ways in which a store can, and is ill for a number of requests. */
class MoodyStore {
  failuresLeft = 0;
  by = '503';

  judge({ lines, streams }: MemoryRequest): Verdict {
    this.failuresLeft -= 1;
    if (this.failuresLeft >= 0)
      return this.#illness(
        streams.length,
        lines.every((line) => line.startsWith('ok')),
      );
    if (lines.some((line) => line.startsWith('poison'))) return failed('HTTP 500: poison');
    if (lines.some((line) => line.startsWith('bad'))) return refused();
    const entries = lines.flatMap((line, index) =>
      /^(?:named|lost)/.test(line) ? [{ index, reason: 'too_far_behind' as const, detail: 'named' }] : [],
    );
    if (entries.length === 0) return STORED;
    return refused('invalid', { entries, others: lines.some((line) => line.startsWith('lost')) ? 'unknown' : 'stored' });
  }

  /** A limit of one stream is met only where the store takes the others. */
  #illness(streams: number, isFine: boolean): Verdict {
    switch (this.by) {
      case '500':
        return failed('HTTP 500: ill');
      case '429':
        return limited(null, 2000);
      case 'some':
        return isFine && streams > 1 ? limited([streams - 1]) : limited();
      case '401':
        return { kind: 'misconfigured', reason: 'unauthorized', detail: 'HTTP 401' };
      default:
        return retry();
    }
  }
}

const REASONS = { bad: 'invalid', named: 'too_far_behind', lost: 'too_far_behind', poison: 'poison', long: 'line_too_long' } as const;

describe(Lane, () => {
  test('I2 I3 I5 I6 whatever the store answers: in order per stream, once, within the budget, each entry stored or dropped for one reason', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120, size: 'max' }), fc.integer(), async (steps, seed) => {
        const store = new MoodyStore();
        const output = new MemoryOutput((request) => store.judge(request));
        const headroomBytes = BATCH_BYTES + LONGEST_LINE + ENTRY_BYTES;
        const bench = new LaneBench(output, {
          seed,
          budgetBytes: BUDGET_BYTES,
          batchBytes: BATCH_BYTES,
          headroomBytes,
          maxInFlight: 2,
          maxLineBytes: LONGEST_LINE,
        });
        await using _ = bench.lane;
        const appended = new Map<string, string[]>();
        let number = 0;
        let mostBytes = 0;
        for (const wanted of steps) {
          if ('ms' in wanted) await bench.clock.advance(wanted.ms);
          else if ('outage' in wanted) Object.assign(store, { failuresLeft: wanted.outage, by: wanted.by });
          else if (!bench.lane.full) {
            number += 1;
            const text = `${wanted.mark} ${number} ${'x'.repeat(wanted.length)}`;
            const line = wanted.mark === 'long' ? text.padEnd(LONGEST_LINE + 1, '.') : text.slice(0, LONGEST_LINE - 3);
            bench.append(wanted.stream, line);
            appended.set(wanted.stream, [...(appended.get(wanted.stream) ?? []), line]);
          }
          mostBytes = Math.max(mostBytes, bench.budget.usedBytes);
        }
        store.failuresLeft = 0;
        // Evidence that the store is well, for what it fails over.
        for (let minutes = 0; bench.settled.length < number && minutes < 3000; minutes += 1) {
          bench.append('heartbeat', `ok ${minutes}`);
          number += 1;
          await bench.clock.advance(60_000);
        }
        await bench.clock.advance(60_000);
        expect(mostBytes).toBeLessThanOrEqual(BUDGET_BYTES);
        expect([bench.budget.usedBytes, bench.settled.length, new Set(bench.settled).size]).toStrictEqual([0, number, number]);
        expect(output.overlaps).toStrictEqual([]);
        expect(output.mostUnderWay).toBeLessThanOrEqual(2);
        for (const [stream, lines] of appended) {
          const marks = lines.map((line) => line.split(' ')[0] as (typeof MARKS)[number]);
          const stored = lines.filter((_, index) => marks[index] === 'ok');
          expect(output.stored.get(stream) ?? []).toStrictEqual(stored);
          const { bytes, drops } = bench.source(stream);
          const wanted = lines.flatMap((line, index) => {
            const mark = marks[index]!;
            return mark === 'ok' ? [] : [{ reason: REASONS[mark], bytes: line.length + 1 }];
          });
          expect(drops.map(keyOf).sort()).toStrictEqual(wanted.map(keyOf).sort());
          const droppedBytes = drops.reduce((sum, drop) => sum + drop.bytes, 0);
          expect(droppedBytes + stored.reduce((sum, line) => sum + line.length + 1, 0)).toBe(bytes);
          for (const { source, offset, line, reason } of bench.letters.filter(({ labels }) => labels === stream)) {
            expect([source, REASONS[line.toString().split(' ')[0] as 'bad']]).toStrictEqual([stream, reason]);
            const before = lines.slice(0, lines.indexOf(line.toString()));
            expect(offset).toBe(before.reduce((sum, { length }) => sum + length + 1, 0));
          }
        }
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});

function keyOf({ reason, bytes }: { readonly reason: string; readonly bytes: number }): string {
  return `${reason} ${bytes}`;
}
