import { describe, expect, test } from 'vitest';
import { LaneBench } from '../support/lane-bench.ts';
import { failed, MemoryOutput, STORED } from '../support/memory-output.ts';

const HOUR_MS = 3_600_000;

/** A store that fails over every request with an entry that is poison to it. */
function poisonable(): MemoryOutput {
  return new MemoryOutput(({ lines }) => (lines.some((line) => line.startsWith('poison')) ? failed() : STORED));
}

describe('I6 a poison pill: the store answers 500 to an entry for ever', () => {
  test('among others that are stored it is found, and given up alone', async () => {
    const output = poisonable();
    const bench = new LaneBench(output, { batchBytes: 10_000 });
    await using _ = bench.lane;
    for (let n = 0; n < 100; n += 1) bench.append('a', n === 37 ? 'poison' : `line ${n}`);
    for (let n = 0; n < 600; n += 1) {
      bench.append('b', `other ${n}`);
      await bench.clock.advance(1000);
    }
    expect(bench.letters).toMatchObject([{ reason: 'poison', detail: 'HTTP 500: sorry', source: 'a' }]);
    expect([output.stored.get('a')?.length, output.stored.get('b')?.length, bench.budget.usedBytes]).toStrictEqual([99, 600, 0]);
    expect(bench.source('a').drops).toStrictEqual([{ reason: 'poison', bytes: 7 }]);
  });

  test('where nothing else is sent, the innocent half shows that the store is well', async () => {
    const output = poisonable();
    const bench = new LaneBench(output, { batchBytes: 10_000 });
    await using _ = bench.lane;
    const lines = ['1', '2', '3', 'poison', '4', '5'];
    for (const line of lines) bench.append('a', line);
    await bench.clock.advance(HOUR_MS);
    expect([output.stored.get('a'), bench.refusedLines]).toStrictEqual([['1', '2', '3', '4', '5'], ['poison']]);
    expect([bench.lane.state, bench.settled, bench.budget.usedBytes]).toStrictEqual(['reachable', lines, 0]);
  });

  test('alone in its lane it is held until something else was stored', async () => {
    const output = poisonable();
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', 'poison');
    await bench.clock.advance(HOUR_MS);
    expect([bench.refusedLines, bench.lane.state]).toStrictEqual([[], 'unreachable']);
    bench.append('b', '1');
    await bench.clock.advance(HOUR_MS);
    expect([bench.refusedLines, output.lines, bench.lane.state]).toStrictEqual([['poison'], ['1'], 'reachable']);
  });
});

describe('I5 a store that answers 500 to everything', () => {
  test('gets nobody a dead letter, and each batch is divided once at the most', async () => {
    let isIll = true;
    const output = new MemoryOutput(() => (isIll ? failed() : STORED));
    const bench = new LaneBench(output, { batchBytes: 1000 });
    await using _ = bench.lane;
    const streams = ['a', 'b', 'c', 'd'];
    for (const stream of streams) {
      for (let n = 0; n < 8; n += 1) bench.append(stream, `${stream}${n}`);
      bench.lane.seal();
    }
    await bench.clock.advance(24 * HOUR_MS);
    expect([bench.letters, bench.settled, output.mostUnderWay]).toStrictEqual([[], [], 2]);
    expect(new Set(output.requests.map(({ lines }) => lines.length))).toStrictEqual(new Set([8, 1]));
    isIll = false;
    await bench.clock.advance(HOUR_MS);
    expect([bench.letters, bench.settled.length, bench.budget.usedBytes]).toStrictEqual([[], 32, 0]);
    for (const stream of streams) expect(output.stored.get(stream)).toStrictEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => `${stream}${n}`));
  });

  test('in other words each time: nothing is divided though others are stored', async () => {
    let tries = 0;
    const output = new MemoryOutput(({ lines }) => (lines.includes('bad') ? failed(`HTTP 500: try ${(tries += 1)}`) : STORED));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const line of ['bad', '2']) bench.append('a', line);
    bench.lane.seal();
    for (let n = 0; n < 300; n += 1) {
      bench.append('b', String(n));
      await bench.clock.advance(1000);
    }
    expect([bench.letters, output.stored.get('a')]).toStrictEqual([[], undefined]);
    expect(output.stored.get('b')).toHaveLength(300);
  });
});
