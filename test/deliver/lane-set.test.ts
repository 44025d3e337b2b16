import { array, assert, asyncProperty, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneSetBench, never } from '../support/lane-set-bench.ts';
import { limited, type MemoryRequest, retry, STORED } from '../support/memory-output.ts';

const LINE = 'x'.repeat(90);
describe('whose lane it is', () => {
  test('a tenant has one lane; whoever has none goes as the output does', async () => {
    await using bench = new LaneSetBench();
    const { lanes } = bench;
    expect(bench.laneOf('a')).toBe(bench.laneOf('a'));
    expect(bench.laneOf('a')).not.toBe(bench.laneOf('b'));
    expect([bench.laneOf(null), bench.laneOf('own')]).toStrictEqual([lanes.own, lanes.own]);
    expect([...lanes.all.keys()]).toStrictEqual(['own', 'a', 'b']);
  });

  test('one that is not allowed goes as the output does, and is told of', async () => {
    await using bench = new LaneSetBench();
    expect(bench.laneOf('foreign')).toBe(bench.lanes.own);
    expect(bench.fallbacks).toStrictEqual(['foreign not_allowed']);
  });

  test('one too many takes the place of a lane that is idle and that no source sends to, else it goes as the output does', async () => {
    await using bench = new LaneSetBench({ most: 3, verdict: (tenant, request) => (tenant === 'stuck' ? never(request) : STORED) });
    const { lanes, inUse } = bench;
    bench.of('stuck').append('s', 'line');
    const used = bench.laneOf('used');
    inUse.add(used);
    expect(bench.laneOf('third')).toBe(lanes.own);
    expect(bench.fallbacks).toStrictEqual(['third too_many']);
    inUse.delete(used);
    expect(bench.laneOf('third')).not.toBe(lanes.own);
    expect([...lanes.all.keys()]).toStrictEqual(['own', 'stuck', 'third']);
    expect(bench.laneOf('used')).not.toBe(used);
  });

  test('a lane that is made while the others work sends what is old enough', async () => {
    await using bench = new LaneSetBench();
    await bench.clock.advance(10_000);
    bench.of('late').append('a', 'line');
    await bench.clock.advance(1000);
    expect(bench.of('late').settled).toStrictEqual(['line']);
  });

  test('of lanes that were never tried nothing is told, unless none was', async () => {
    await using bench = new LaneSetBench({ verdict: () => retry() });
    expect(bench.lanes.states).toStrictEqual([{ tenant: 'own', state: 'untried' }]);
    bench.fill('a', LINE, 3);
    await bench.clock.advance(60_000);
    expect(bench.lanes.states).toStrictEqual([{ tenant: 'a', state: 'unreachable' }]);
  });
});

/** How long each of 300 lines of tenant b, one a second, takes to be settled, while tenant a writes as much as it can. */
async function latenciesBeside(
  answerToA: (request: MemoryRequest) => Verdict | Promise<Verdict>,
): Promise<{ readonly waitedMs: number[]; readonly bench: LaneSetBench }> {
  const bench = new LaneSetBench({ verdict: (tenant, request) => (tenant === 'a' ? answerToA(request) : STORED) });
  await using _ = bench;
  const b = bench.of('b');
  const waitedMs: number[] = [];
  for (let second = 0; second < 300; second += 1) {
    bench.fill('a', LINE, 50);
    expect(b.lane.full).toBe(false);
    b.append('b', String(second));
    let ms = 0;
    for (; b.settled.length <= second; ms += 50) await bench.clock.advance(50);
    waitedMs.push(ms);
  }
  return { waitedMs, bench };
}

describe('a tenant that the store takes nothing of', () => {
  test.each([
    ['answers 429', () => limited()],
    ['answers 500', () => retry()],
    ['does not answer', never],
  ] as const)('I6 I3 for five minutes (it %s) leaves the latency of another as it was, in one budget', async (_, answer) => {
    const undisturbed = await latenciesBeside(() => STORED);
    const { waitedMs, bench } = await latenciesBeside(answer);
    expect(waitedMs).toStrictEqual(undisturbed.waitedMs);
    expect(bench.of('a').settled).toStrictEqual([]);
    expect(bench.of('a').lane.full).toBe(true);
    expect(bench.budget.availableBytes).toBeGreaterThanOrEqual(0);
  });

  test('loses nothing, and comes when the store takes it again', async () => {
    let isDown = true;
    await using bench = new LaneSetBench({ verdict: () => (isDown ? limited() : STORED) });
    const lines = bench.fill('a', LINE);
    await bench.clock.advance(300_000);
    isDown = false;
    await bench.clock.advance(60_000);
    expect([bench.of('a').settled.length, bench.budget.usedBytes]).toStrictEqual([lines, 0]);
  });

  test('I3 with any number of others, in whatever order they write, leaves each its part, and the budget is kept', async () => {
    const writes = array(record({ tenant: integer({ min: 1, max: 29 }), lines: integer({ min: 1, max: 60 }) }), {
      maxLength: 60,
    });
    await assert(
      asyncProperty(writes, async (writes) => {
        // A part for each of 31 lanes is two lines, with what notes of them take, and the most that a line may be.
        await using bench = new LaneSetBench({ most: 31, budgetBytes: 100 + 2 * 31 * 500, verdict: (_, request) => never(request) });
        for (const { tenant, lines } of writes) {
          bench.fill(String(tenant), LINE, lines);
          expect(bench.budget.availableBytes).toBeGreaterThanOrEqual(100);
        }
        expect(bench.fill('newcomer', LINE)).toBeGreaterThanOrEqual(2);
        expect(bench.budget.availableBytes).toBeGreaterThanOrEqual(100);
      }),
      { numRuns: 200 },
    );
  });
});

test('the end waits for what each lane has left', async () => {
  await using bench = new LaneSetBench();
  for (const tenant of ['a', 'b']) bench.of(tenant).append(tenant, 'line');
  await bench.lanes.drain(new AbortController().signal);
  expect([bench.of('a').settled, bench.of('b').settled, bench.lanes.sum(({ heldBytes }) => heldBytes)]).toStrictEqual([
    ['line'],
    ['line'],
    0,
  ]);
});

describe('the limit of a tenant', () => {
  test('holds over all its streams: what exceeds it waits and is not lost, and no other waits with it', async () => {
    const limits = { laneRateBytes: 100, laneBurstBytes: 200, batchBytes: 200 };
    await using bench = new LaneSetBench({ lane: limits });
    const a = bench.of('a');
    for (const stream of ['1', '2', '3', '4']) {
      a.append(stream, stream.padEnd(100, '.'));
      a.lane.seal();
    }
    await bench.clock.advance(0);
    expect(a.settled).toHaveLength(2);
    const [, , , last] = ['1', '2', '3', '4'].map((stream) => a.route(stream).stream);
    expect(last!.waiting).toBe(true);
    bench.of('b').append('1', 'b');
    bench.of('b').lane.seal();
    await bench.clock.advance(999);
    expect([a.settled.length, bench.of('b').settled.length]).toStrictEqual([2, 1]);
    await bench.clock.advance(1);
    expect(a.settled).toHaveLength(3);
    await bench.clock.advance(1000);
    expect([a.settled.length, bench.budget.usedBytes]).toStrictEqual([4, 0]);
  });

  test('an entry larger than the burst is sent in its time', async () => {
    await using bench = new LaneSetBench({ lane: { laneRateBytes: 10, laneBurstBytes: 20 } });
    const a = bench.of('a');
    a.append('1', 'x'.repeat(100));
    a.lane.seal();
    await bench.clock.advance(7999);
    expect(a.settled).toHaveLength(0);
    await bench.clock.advance(1);
    expect(a.settled).toHaveLength(1);
  });
});
