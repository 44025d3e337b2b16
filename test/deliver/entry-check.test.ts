import { describe, expect, test } from 'vitest';
import { EntryCheck, type EntryLimits } from '../../agent/deliver/entry-check.ts';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { lineView, MemoryOutput, refused, STORED } from '../support/memory-output.ts';

const NOON = 1_714_564_800;
const OFF: EntryLimits = {
  maxAgeSeconds: 0,
  maxFutureSeconds: 0,
  clockHoldSeconds: 0,
  maxLineBytes: 0,
};

function checkAt(limits: Partial<EntryLimits>): { readonly check: EntryCheck; readonly clock: { seconds: number } } {
  const clock = { seconds: NOON };
  return { check: new EntryCheck({ ...OFF, ...limits }, () => clock.seconds * 1000), clock };
}

describe(EntryCheck, () => {
  test('without limits nothing is refused', () => {
    const { check } = checkAt({});
    for (const seconds of [0, NOON, NOON * 100]) expect(check.refusal(lineView('x'.repeat(1_000_000), seconds))).toBe(null);
    expect([check.latestSeconds(), check.holdMs(NOON * 100)]).toStrictEqual([Number.POSITIVE_INFINITY, null]);
  });

  test.each([
    [NOON - 3600, 'too_old'],
    // What passes may take some seconds to arrive.
    [NOON - 3596, 'too_old'],
    [NOON - 3595, null],
    [NOON + 599, null],
    // Until here the source waits.
    [NOON + 600, null],
    [NOON + 899, null],
    [NOON + 900, 'too_far_in_future'],
  ] as const)('at noon an entry of %i is %s', (seconds, reason) => {
    const { check } = checkAt({ maxAgeSeconds: 3600, maxFutureSeconds: 600, clockHoldSeconds: 300 });
    expect(check.latestSeconds()).toBe(NOON + 599);
    expect(check.refusal(lineView('x', seconds))).toBe(reason);
  });

  test('what seems refused is looked at again by the time of the moment', () => {
    const { check, clock } = checkAt({ maxFutureSeconds: 600 });
    expect(check.refusal(lineView('x', NOON + 700))).toBe('too_far_in_future');
    clock.seconds += 101;
    expect(check.refusal(lineView('x', NOON + 700))).toBe(null);
  });

  test('a line is measured by its own bytes', () => {
    const { check } = checkAt({ maxLineBytes: 10 });
    expect([check.refusal(lineView('x'.repeat(10))), check.refusal(lineView('x'.repeat(11)))]).toStrictEqual([null, 'line_too_long']);
  });

  test('an entry that came too early is waited for until the store takes it, if that is soon enough', () => {
    const { check } = checkAt({ maxFutureSeconds: 600, clockHoldSeconds: 300 });
    expect([NOON, NOON + 599, NOON + 609, NOON + 899, NOON + 900].map((seconds) => check.holdMs(seconds))).toStrictEqual([
      0,
      0,
      10_000,
      300_000,
      null,
    ]);
  });
});

describe('an entry that the store would refuse', () => {
  test('I5 costs no push: it goes to the dead letters with its place, and its source hears of it before it is settled', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output, { maxLineBytes: 20, maxAgeSeconds: 3600 });
    await using _ = bench.lane;
    const origin = bench.source('a');
    const order: string[] = [];
    origin.dropped = (reason, bytes) => void order.push(`${reason} ${bytes}`);
    bench.append('a', 'fine', NOON);
    const route = bench.route('a');
    const span = { origin, from: 5, bytes: 40 };
    const view = lineView('x'.repeat(21), NOON);
    expect(bench.lane.admit(route, view)).toBe('line_too_long');
    bench.lane.refuse(route, view, span, { reason: 'line_too_long', onSettled: () => order.push('settled') });
    view.buffer.fill(0);
    await bench.clock.advance(1000);
    expect(order).toStrictEqual(['line_too_long 40', 'settled']);
    expect(bench.letters).toStrictEqual([
      {
        reason: 'line_too_long',
        detail: 'not sent: the line is longer than the store takes',
        source: 'a',
        file: 'a.log',
        offset: 5,
        labels: 'a',
        timestampNs: `${NOON}000000000`,
        line: Buffer.from('x'.repeat(21)),
        metadata: [],
      },
    ]);
    expect([output.lines, output.requests.length, bench.budget.usedBytes]).toStrictEqual([['fine'], 1, 0]);
  });

  test('of a route that the store takes nothing of', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.route('a').refusal = 'bad_metadata';
    bench.append('a', '1');
    bench.append('b', '2');
    await bench.clock.advance(1000);
    expect([bench.letters.map(({ reason }) => reason), output.lines, bench.settled]).toStrictEqual([['bad_metadata'], ['2'], ['1', '2']]);
  });

  test('I3 takes from the budget until it is written: a flood of them waits as all else does', async () => {
    const written = Promise.withResolvers<void>();
    const bench = new LaneBench(new MemoryOutput(), { maxLineBytes: 20, budgetBytes: 20_000, written: written.promise });
    await using _ = bench.lane;
    let lines = 0;
    for (; !bench.lane.full; lines += 1) bench.append('a', String(lines).padEnd(100, '.'));
    expect([lines, bench.settled]).toStrictEqual([18, []]);
    const freed = bench.budget.freed.wait();
    written.resolve();
    await freed;
    await bench.clock.advance(0);
    expect([bench.settled.length, bench.letters.length, bench.budget.usedBytes, bench.lane.full]).toStrictEqual([18, 18, 0, false]);
  });
});

/** What a store says that finds an entry of a batch too far in the future. */
function tooEarly(index: number): Verdict {
  return refused('invalid', { entries: [{ index, reason: 'too_far_in_future', detail: 'too new' }], others: 'stored' });
}

describe('an entry that came too early', () => {
  const limits = { maxFutureSeconds: 600, clockHoldSeconds: 300 };

  test('I5 is sent again when it is due, takes no place meanwhile, and keeps its place in its stream', async () => {
    let isFirst = true;
    const output = new MemoryOutput(() => {
      const verdict = isFirst ? tooEarly(1) : STORED;
      isFirst = false;
      return verdict;
    });
    const bench = new LaneBench(output, limits);
    await using _ = bench.lane;
    bench.append('a', 'now', NOON);
    bench.append('a', 'early', NOON + 700);
    bench.append('b', 'b', NOON);
    await bench.clock.advance(1000);
    expect([bench.settled, bench.lane.inFlight, bench.lane.queuedBatches]).toStrictEqual([['b'], 0, 1]);
    bench.append('a', 'later', NOON);
    await bench.clock.advance(99_999);
    expect(output.requests).toHaveLength(1);
    await bench.clock.advance(1001);
    expect([output.stored.get('a'), bench.letters, bench.budget.usedBytes]).toStrictEqual([['now', 'early', 'later'], [], 0]);
  });

  test('is given up when it came too early by far', async () => {
    const output = new MemoryOutput(() => tooEarly(0));
    const bench = new LaneBench(output, { ...limits, clockHoldSeconds: 0 });
    await using _ = bench.lane;
    bench.append('a', 'early', NOON + 500);
    await bench.clock.advance(1000);
    expect(bench.letters).toMatchObject([{ reason: 'too_far_in_future', detail: 'too new' }]);
  });
});
