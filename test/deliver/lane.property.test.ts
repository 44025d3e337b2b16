import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lane } from '../../agent/deliver/lane.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { MemoryOutput, refused, retry, STORED } from '../support/memory-output.ts';

const BATCH_BYTES = 200;
const LONGEST_LINE = 60;
const BUDGET_BYTES = 1200;

/** A line's first character says what the store makes of it. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ stream: fc.constantFrom('a', 'b', 'c'), mark: fc.constantFrom('ok', 'ok', 'ok', 'bad'), length: fc.nat(50) }),
  },
  { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(0, 1, 100, 1000, 5000) }) },
  { weight: 1, arbitrary: fc.record({ outage: fc.nat(6) }) },
);

describe(Lane, () => {
  test('I2 I3 I5 I6 whatever the store answers: in order per stream, once, within the budget, each entry stored or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), fc.integer(), async (steps, seed) => {
        let failuresLeft = 0;
        const output = new MemoryOutput(({ lines }) => {
          failuresLeft -= 1;
          if (failuresLeft >= 0) return retry();
          return lines.some((line) => line.startsWith('bad')) ? refused() : STORED;
        });
        const headroomBytes = BATCH_BYTES + LONGEST_LINE;
        const bench = new LaneBench(output, { seed, budgetBytes: BUDGET_BYTES, batchBytes: BATCH_BYTES, headroomBytes, maxInFlight: 2 });
        await using _ = bench.lane;
        const appended = new Map<string, string[]>();
        let number = 0;
        let mostBytes = 0;
        for (const wanted of steps) {
          if ('ms' in wanted) await bench.clock.advance(wanted.ms);
          else if ('outage' in wanted) failuresLeft = wanted.outage;
          else if (!bench.lane.full) {
            number += 1;
            const line = `${wanted.mark} ${number} ${'x'.repeat(wanted.length)}`.slice(0, LONGEST_LINE - 3);
            bench.append(wanted.stream, line);
            appended.set(wanted.stream, [...(appended.get(wanted.stream) ?? []), line]);
          }
          mostBytes = Math.max(mostBytes, bench.budget.usedBytes);
        }
        failuresLeft = 0;
        await bench.clock.advance(120_000);
        expect(mostBytes).toBeLessThanOrEqual(BUDGET_BYTES);
        expect([bench.budget.usedBytes, bench.settled.length, output.overlaps]).toStrictEqual([0, number, []]);
        expect(output.mostUnderWay).toBeLessThanOrEqual(2);
        for (const [stream, lines] of appended) {
          expect(output.stored.get(stream) ?? []).toStrictEqual(lines.filter((line) => line.startsWith('ok')));
        }
        expect([...bench.refusedLines].sort()).toStrictEqual(
          [...appended.values()]
            .flat()
            .filter((line) => line.startsWith('bad'))
            .sort(),
        );
      }),
      { numRuns: 300 },
    );
  }, 30_000);
});
