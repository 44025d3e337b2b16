import { describe, expect, test } from 'vitest';
import { LaneBench } from '../support/lane-bench.ts';
import { failed, MemoryOutput, retry, STORED } from '../support/memory-output.ts';

const STREAMS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** A batch of one line for each stream, sealed. */
function fill(bench: LaneBench, streams: readonly string[] = STREAMS): void {
  for (const stream of streams) {
    bench.append(stream, `${stream}1`);
    bench.lane.seal();
  }
}

describe('a store that fails over everything', () => {
  test('gets one request at a time, and batches take turns', async () => {
    const output = new MemoryOutput(() => retry());
    const bench = new LaneBench(output, { maxInFlight: 3 });
    await using _ = bench.lane;
    fill(bench);
    await bench.clock.advance(0);
    expect([output.requests.length, bench.lane.state]).toStrictEqual([3, 'unreachable']);
    output.mostUnderWay = 0;
    await bench.clock.advance(3_600_000);
    expect(output.mostUnderWay).toBe(1);
    const turns = output.requests.slice(3).map(({ lines }) => lines[0]!);
    for (let from = 0; from + 6 <= turns.length; from += 6)
      expect(turns.slice(from, from + 6).sort()).toStrictEqual(STREAMS.map((s) => `${s}1`));
    expect(turns.length).toBeGreaterThan(120);
  });

  test('one backoff for all of them: it grows with each request and not with each batch', async () => {
    const output = new MemoryOutput(() => retry());
    const bench = new LaneBench(output, { maxInFlight: 6, random: Array.from({ length: 30 }, () => 0.5) });
    await using _ = bench.lane;
    fill(bench);
    await bench.clock.advance(999);
    expect(output.requests).toHaveLength(3);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(4);
    await bench.clock.advance(1999);
    expect(output.requests).toHaveLength(4);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(5);
  });

  test('the first success lets all others go', async () => {
    let isDown = true;
    const output = new MemoryOutput(() => (isDown ? retry() : STORED));
    const bench = new LaneBench(output, { maxInFlight: 6 });
    await using _ = bench.lane;
    fill(bench);
    await bench.clock.advance(300_000);
    isDown = false;
    await bench.clock.advance(30_000);
    expect([output.lines.sort(), bench.lane.state, bench.budget.usedBytes]).toStrictEqual([STREAMS.map((s) => `${s}1`), 'reachable', 0]);
  });

  test('Retry-After is obeyed for all', async () => {
    const output = new MemoryOutput(() => retry(60_000));
    const bench = new LaneBench(output, { maxInFlight: 3 });
    await using _ = bench.lane;
    fill(bench);
    await bench.clock.advance(59_999);
    expect(output.requests).toHaveLength(3);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(4);
  });
});

describe('a store that fails over one batch', () => {
  test('I6 others are sent beside it, and it takes no place of theirs while it waits', async () => {
    const output = new MemoryOutput(({ lines }) => (lines[0]!.startsWith('bad') ? failed(`HTTP 500: ${output.requests.length}`) : STORED));
    const bench = new LaneBench(output, { maxInFlight: 1 });
    await using _ = bench.lane;
    bench.append('a', 'bad');
    bench.lane.seal();
    await bench.clock.advance(0);
    fill(bench, ['b', 'c']);
    await bench.clock.advance(0);
    expect([output.lines, bench.lane.inFlight, bench.lane.queuedBatches]).toStrictEqual([['b1', 'c1'], 0, 1]);
  });

  test('a batch that fails alone does not keep the circuit open for others', async () => {
    const output = new MemoryOutput(({ lines }) => (lines[0]!.startsWith('bad') ? failed(`HTTP 500: ${output.requests.length}`) : STORED));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', 'bad');
    await bench.clock.advance(600_000);
    expect(bench.lane.state).toBe('unreachable');
    fill(bench, ['b', 'c']);
    await bench.clock.advance(30_000);
    expect([output.lines, bench.lane.state]).toStrictEqual([['b1', 'c1'], 'reachable']);
  });

  test('answers that refuse entries are answers: the store can be reached', async () => {
    const output = new MemoryOutput(() => ({ kind: 'refused', reason: 'invalid', detail: '', guilty: null }));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    fill(bench);
    await bench.clock.advance(1000);
    expect([bench.lane.state, bench.refusedLines.length]).toStrictEqual(['reachable', 6]);
  });
});
