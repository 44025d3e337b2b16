import { describe, expect, test } from 'vitest';
import { Lane } from '../../agent/deliver/lane.ts';
import type { Share } from '../../agent/deliver/share.ts';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { lineView, MemoryOutput, retry, STORED } from '../support/memory-output.ts';

const LINE = 'x'.repeat(40);

/** Verdicts that the test gives when it likes, in the order of the requests; one that is called off ends by itself. */
function byHand(): { readonly output: MemoryOutput; readonly answer: ((verdict: Verdict) => void)[] } {
  const answer: ((verdict: Verdict) => void)[] = [];
  const output = new MemoryOutput(
    ({ signal }) =>
      new Promise((resolve) => {
        answer.push(resolve);
        signal.addEventListener('abort', () => setImmediate(() => resolve(retry())));
      }),
  );
  return { output, answer };
}

describe('batches', () => {
  test('are sent when the next entry would make them too large', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const n of [1, 2, 3]) bench.append('a', LINE + n);
    expect(output.requests.map(({ lines }) => lines)).toStrictEqual([[`${LINE}1`, `${LINE}2`]]);
  });

  test('are sent when their first entry has waited long enough, however many came since', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', '1');
    await bench.clock.advance(999);
    bench.append('a', '2');
    expect(output.requests).toHaveLength(0);
    await bench.clock.advance(1);
    expect(output.requests.map(({ lines }) => lines)).toStrictEqual([['1', '2']]);
    bench.append('a', '3');
    await bench.clock.advance(999);
    expect(output.requests).toHaveLength(1);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(2);
  });

  test.each([
    { what: 'has to wait', little: 'a', much: 'b', first: [['0'], [`${LINE}1`, `${LINE}2`]], later: [], queued: 0 },
    { what: 'may leave', little: 'b', much: 'a', first: [['0']], later: [['1']], queued: 1 },
  ])('what $what stays open while it is too little for a request, but no longer than a batch', async (row) => {
    const { output } = byHand();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', '0');
    await bench.clock.advance(1000);
    bench.append(row.little, '1');
    for (const line of [`${LINE}1`, `${LINE}2`, `${LINE}3`]) bench.append(row.much, line);
    await bench.clock.advance(999);
    expect(output.requests.map(({ lines }) => lines)).toStrictEqual(row.first);
    expect(bench.lane.queuedBatches).toBe(row.queued);
    await bench.clock.advance(1);
    expect(output.requests.slice(row.first.length).map(({ lines }) => lines)).toStrictEqual(row.later);
    expect(bench.lane.queuedBatches).toBe(row.queued + 1);
  });

  test('an entry larger than a batch has one of its own', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const line of ['1', 'y'.repeat(150), '2']) bench.append('a', line);
    await bench.clock.advance(1000);
    expect(output.requests.map(({ lines }) => lines.map(({ length }) => length))).toStrictEqual([[1], [150], [1]]);
  });

  test('keep nothing once they are settled, though a quiet source remembers its last one', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', '1');
    const batch = bench.lane.admit(bench.route('a'), lineView('2')) as Share;
    await bench.clock.advance(1000);
    expect(bench.settled).toStrictEqual(['1']);
    expect(() => batch.spans()).toThrow(TypeError);
  });
});

describe('order', () => {
  test('I2 entries of a stream leave one request after the other, in the order they were appended', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const n of [1, 2, 3, 4, 5, 6]) bench.append('a', LINE + n);
    bench.lane.seal();
    expect([output.requests.length, bench.lane.queuedBatches]).toStrictEqual([1, 2]);
    for (let sent = 0; sent < 3; sent += 1) {
      answer[sent]!(STORED);
      await bench.clock.advance(0);
    }
    expect(output.stored.get('a')).toStrictEqual([1, 2, 3, 4, 5, 6].map((n) => LINE + n));
    expect(output.mostUnderWay).toBe(1);
  });

  test('I2 batches without a common stream overtake one that waits, but never one that shares a stream with it', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    const { lane } = bench;
    await using _ = lane;
    const lines = (request: number): string[] => output.requests.slice(request).flatMap(({ lines }) => lines);
    for (const [stream, line] of [
      ['a', 'a1'],
      ['b', 'b1'],
    ] as const) {
      bench.append(stream, line);
      lane.seal();
    }
    for (const stream of ['a', 'b']) bench.append(stream, `${stream}2`);
    lane.seal();
    for (const line of ['c1', 'b3']) {
      bench.append(line[0]!, line);
      lane.seal();
    }
    // Two requests may be made at the start. The third batch waits for both, the last one for the third; only `c` needs no more than a place.
    expect(lines(0)).toStrictEqual(['a1', 'b1']);
    answer[1]!(STORED);
    await bench.clock.advance(0);
    expect(lines(2)).toStrictEqual(['c1']);
    answer[0]!(STORED);
    await bench.clock.advance(0);
    expect(lines(3)).toStrictEqual(['a2', 'b2']);
    answer[3]!(STORED);
    await bench.clock.advance(0);
    expect(lines(4)).toStrictEqual(['b3']);
    answer[2]!(STORED);
    answer[4]!(STORED);
    await bench.clock.advance(0);
    expect(output.stored.get('b')).toStrictEqual(['b1', 'b2', 'b3']);
    expect(output.overlaps).toStrictEqual([]);
  });

  test('no more requests at once than allowed', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output, { maxInFlight: 2 });
    await using _ = bench.lane;
    for (const stream of ['a', 'b', 'c', 'd']) {
      bench.append(stream, stream);
      bench.lane.seal();
    }
    expect([bench.lane.inFlight, bench.lane.queuedBatches]).toStrictEqual([2, 2]);
    for (let sent = 0; sent < 4; sent += 1) {
      answer[sent]!(STORED);
      await bench.clock.advance(0);
    }
    expect([output.mostUnderWay, output.lines.length, bench.lane.inFlight]).toStrictEqual([2, 4, 0]);
  });
});

describe('I3 the byte budget', () => {
  test('holds entries until they are stored, and is whole again then', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', LINE);
    // The entry, and what is noted of where it came from.
    const held = 44 + 65;
    expect(bench.budget.usedBytes).toBe(held);
    bench.lane.seal();
    expect(bench.budget.usedBytes).toBe(held);
    answer[0]!(STORED);
    await bench.clock.advance(0);
    expect(bench.budget.usedBytes).toBe(0);
  });

  test('a lane is full as soon as another batch might not fit', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output, { budgetBytes: 350 });
    await using _ = bench.lane;
    bench.append('a', LINE);
    expect(bench.lane.full).toBe(false);
    bench.append('a', LINE);
    expect(bench.lane.full).toBe(true);
    const freed = bench.budget.freed.wait();
    bench.lane.seal();
    answer[0]!(STORED);
    await freed;
    await bench.clock.advance(0);
    expect(bench.lane.full).toBe(false);
  });
});

describe('I7 stopping', () => {
  test('drain sends what is left and ends when all is stored', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const n of [1, 2, 3]) bench.append('a', LINE + n);
    const drained = bench.lane.drain(new AbortController().signal);
    answer[0]!(STORED);
    await bench.clock.advance(0);
    answer[1]!(STORED);
    await drained;
    expect(bench.settled).toHaveLength(3);
  });

  test('drain ends at its deadline with a store that hangs; nothing is settled, the request is called off', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    bench.append('a', '1');
    const deadline = new AbortController();
    const drained = bench.lane.drain(deadline.signal);
    deadline.abort();
    await drained;
    const disposed = bench.lane[Symbol.asyncDispose]();
    expect(output.requests[0]!.signal.aborted).toBe(true);
    answer[0]!(retry());
    await disposed;
    expect([bench.settled, bench.clock.sleeping]).toStrictEqual([[], []]);
  });

  test('a lane that waits for its next attempt stops at once, and tries no more', async () => {
    const output = new MemoryOutput(() => retry());
    const bench = new LaneBench(output, { random: [0.9] });
    bench.append('a', '1');
    bench.lane.seal();
    await bench.clock.advance(0);
    expect(bench.clock.sleeping).toStrictEqual([450]);
    await bench.lane[Symbol.asyncDispose]();
    expect([output.requests.length, bench.clock.sleeping]).toStrictEqual([1, []]);
  });

  test('an answer that comes after the stop still counts when it says stored', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    bench.append('a', '1');
    bench.lane.seal();
    const disposed = bench.lane[Symbol.asyncDispose]();
    answer[0]!(STORED);
    await disposed;
    expect(bench.settled).toStrictEqual(['1']);
  });

  test('what waits behind a request is not sent after the stop', async () => {
    const { output, answer } = byHand();
    const bench = new LaneBench(output);
    for (const line of ['1', '2']) {
      bench.append('a', line);
      bench.lane.seal();
    }
    const disposed = bench.lane[Symbol.asyncDispose]();
    answer[0]!(STORED);
    await disposed;
    expect(output.requests).toHaveLength(1);
  });
});

test(`${Lane.name} that was never given anything drains and stops`, async () => {
  const bench = new LaneBench(new MemoryOutput());
  await bench.lane.drain(new AbortController().signal);
  await bench.lane[Symbol.asyncDispose]();
  expect(bench.lane.state).toBe('untried');
});
