import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { limited, MemoryOutput, refused, retry, STORED } from '../support/memory-output.ts';

/** A store that answers with these verdicts, then stores. */
function scripted(...verdicts: Verdict[]): MemoryOutput {
  return new MemoryOutput(() => verdicts.shift() ?? STORED);
}

/** A store that takes nothing of a request in which an entry is guilty. */
function judging(isGuilty: (line: string) => boolean): MemoryOutput {
  return new MemoryOutput(({ lines }) => (lines.some(isGuilty) ? refused() : STORED));
}

describe('retry', () => {
  test('full jitter: uniform below a bound that doubles from its least to its most', async () => {
    const output = new MemoryOutput(() => retry());
    const bench = new LaneBench(output, { random: Array.from({ length: 9 }, () => 0.5) });
    await using _ = bench.lane;
    bench.append('a', '1');
    bench.lane.seal();
    await bench.clock.advance(0);
    for (let tries = 0; tries < 8; tries += 1) await bench.clock.advance(15_000);
    expect(bench.delaysMs.slice(0, 9)).toStrictEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  });

  test('I5 goes on for ever, and what it holds is stored in the end', async () => {
    let tries = 0;
    const output = new MemoryOutput(() => {
      tries += 1;
      return tries > 500 ? STORED : retry();
    });
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', '1');
    await bench.clock.advance(500 * 30_000);
    expect([output.lines, bench.settled, bench.lane.state]).toStrictEqual([['1'], ['1'], 'reachable']);
  });

  test('Retry-After is waited for, the delay is longer when it is', async () => {
    const output = scripted(retry(7000), retry(10));
    const bench = new LaneBench(output, { random: [0.5, 0.5] });
    await using _ = bench.lane;
    bench.append('a', '1');
    bench.lane.seal();
    await bench.clock.advance(6999);
    expect(output.requests).toHaveLength(1);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(2);
    await bench.clock.advance(499);
    expect(output.requests).toHaveLength(2);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(3);
    expect(bench.delaysMs).toStrictEqual([7000, 500]);
  });

  test('I1 nothing is settled meanwhile, and the same bytes are sent again', async () => {
    const output = scripted(retry(), retry());
    const bench = new LaneBench(output, { random: [0, 0] });
    await using _ = bench.lane;
    bench.append('a', '1');
    bench.lane.seal();
    expect(bench.settled).toStrictEqual([]);
    await bench.clock.advance(0);
    expect(output.requests.map(({ lines }) => lines)).toStrictEqual([['1'], ['1'], ['1']]);
    expect(bench.settled).toStrictEqual(['1']);
  });

  test('one stream that is held back holds back no other', async () => {
    const output = new MemoryOutput(({ lines }) => (lines.includes('stuck') ? retry() : STORED));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', 'stuck');
    bench.lane.seal();
    bench.append('b', '1');
    await bench.clock.advance(10_000);
    expect([bench.settled, output.lines]).toStrictEqual([['1'], ['1']]);
  });
});

describe('misconfigured', () => {
  test('data is held, tried again every 15 s, and stored once the operator has mended it', async () => {
    const unauthorized: Verdict = { kind: 'misconfigured', reason: 'unauthorized', detail: 'HTTP 401: no org id' };
    const output = scripted(unauthorized, unauthorized);
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', '1');
    bench.lane.seal();
    await bench.clock.advance(14_999);
    expect([output.requests.length, bench.lane.state, bench.misconfigured]).toStrictEqual([1, 'misconfigured', 1]);
    await bench.clock.advance(1);
    expect([output.requests.length, bench.lane.state, bench.settled]).toStrictEqual([2, 'misconfigured', []]);
    await bench.clock.advance(15_000);
    expect([output.lines, bench.lane.state, bench.settled]).toStrictEqual([['1'], 'reachable', ['1']]);
  });
});

describe('refused', () => {
  test('I6 one guilty entry is handed to the observer, its neighbours are stored, all are settled', async () => {
    const output = judging((line) => line === '4');
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    const lines = ['1', '2', '3', '4', '5', '6', '7'];
    for (const line of lines) bench.append('a', line);
    await bench.clock.advance(1000);
    expect(bench.refusedLines).toStrictEqual(['4']);
    expect(output.stored.get('a')).toStrictEqual(['1', '2', '3', '5', '6', '7']);
    expect([bench.settled, bench.storedEntries, bench.budget.usedBytes]).toStrictEqual([lines, 6, 0]);
  });

  test('I5 I6 whoever is guilty: each entry is stored or refused, in order, and only neighbours within a 64th of the batch fall with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.array(fc.nat(399), { maxLength: 12 }), async (count, marks) => {
        const guilty = new Set(marks.filter((mark) => mark < count).map(String));
        const output = judging((line) => guilty.has(line));
        const bench = new LaneBench(output, { batchBytes: 10_000 });
        await using _ = bench.lane;
        const lines = Array.from({ length: count }, (_, index) => String(index));
        for (const line of lines) bench.append('a', line);
        await bench.clock.advance(1000);
        expect([...output.lines, ...bench.refusedLines].sort()).toStrictEqual([...lines].sort());
        expect(output.lines).toStrictEqual(lines.filter((line) => !bench.refusedLines.includes(line)));
        for (const line of guilty) expect(bench.refusedLines).toContain(line);
        const far = bench.refusedLines.filter((line) => ![...guilty].some((mark) => Math.abs(Number(mark) - Number(line)) <= count / 64));
        expect(far).toStrictEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  test('a batch in which all are guilty costs no more than 400 requests', async () => {
    const output = judging(() => true);
    const bench = new LaneBench(output, { batchBytes: 100_000 });
    await using _ = bench.lane;
    for (let n = 0; n < 10_000; n += 1) bench.append('a', String(n));
    await bench.clock.advance(1000);
    expect(bench.refusedLines).toHaveLength(10_000);
    expect(output.requests.length).toBeLessThan(400);
  });

  test('I5 what is too large is halved until it is taken, however often that is', async () => {
    const output = new MemoryOutput(({ lines }) => (lines.length > 3 ? refused('too_large') : STORED));
    const bench = new LaneBench(output, { batchBytes: 100_000 });
    await using _ = bench.lane;
    const lines = Array.from({ length: 1000 }, (_, index) => String(index));
    for (const line of lines) bench.append('a', line);
    await bench.clock.advance(1000);
    expect([output.lines, bench.refusedLines, bench.storedEntries]).toStrictEqual([lines, [], 1000]);
  });

  test('a half that fails for another reason is retried until it is stored', async () => {
    let failures = 2;
    const output = new MemoryOutput(({ lines }) => {
      if (lines.includes('bad')) return refused();
      failures -= 1;
      return failures >= 0 ? retry() : STORED;
    });
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const line of ['1', 'bad', '2', '3']) bench.append('a', line);
    await bench.clock.advance(60_000);
    expect([output.lines, bench.refusedLines]).toStrictEqual([['1', '2', '3'], ['bad']]);
  });

  test('I1 a lane that stops in the middle settles nothing of the batch: it comes again as a whole', async () => {
    const output = new MemoryOutput(({ lines }) => (lines.length > 1 ? refused() : retry()));
    const bench = new LaneBench(output);
    for (const line of ['1', '2']) bench.append('a', line);
    bench.lane.seal();
    await bench.clock.advance(0);
    await bench.lane[Symbol.asyncDispose]();
    expect([bench.settled, bench.refusedLines]).toStrictEqual([[], []]);
  });
});

describe('entries that the store names', () => {
  const entries = [
    { index: 3, reason: 'too_far_behind', detail: 'four' },
    { index: 1, reason: 'line_too_long', detail: 'two' },
  ] as const;

  test.each([
    ['stored', 1],
    ['unknown', 2],
  ] as const)('I6 are given up; the others, of which it is %s that they are stored, cost %i pushes', async (others, pushes) => {
    const output = scripted(refused('invalid', { entries, others }));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (const line of ['1', '2', '3', '4', '5']) bench.append('a', line);
    await bench.clock.advance(1000);
    expect([output.requests.length, bench.storedEntries, bench.budget.usedBytes]).toStrictEqual([pushes, 3, 0]);
    expect(output.lines).toStrictEqual(['1', '3', '5']);
    expect(bench.letters).toMatchObject([
      { reason: 'too_far_behind', detail: 'four', source: 'a', file: 'a.log', offset: 6, labels: 'a', line: Buffer.from('4') },
      { reason: 'line_too_long', detail: 'two', source: 'a', file: 'a.log', offset: 2, labels: 'a', line: Buffer.from('2') },
    ]);
    expect(bench.source('a').drops).toStrictEqual([
      { reason: 'too_far_behind', bytes: 2 },
      { reason: 'line_too_long', bytes: 2 },
    ]);
  });
});

describe('a limit of single streams', () => {
  test('I6 only those wait; the others of the batch are sent again at once', async () => {
    const output = scripted(limited([1], 7000));
    const bench = new LaneBench(output, { random: [0.5] });
    await using _ = bench.lane;
    for (const stream of ['a', 'b', 'c', 'b']) bench.append(stream, `${stream}${bench.settled.length}`);
    await bench.clock.advance(1000);
    expect(output.requests.map(({ streams }) => streams)).toStrictEqual([
      ['a', 'b', 'c'],
      ['a', 'c'],
    ]);
    expect(bench.settled).toStrictEqual(['a0', 'c0']);
    expect([bench.lane.inFlight, bench.lane.queuedBatches, bench.route('b').stream.waiting]).toStrictEqual([0, 1, true]);
    await bench.clock.advance(6999);
    expect(output.requests).toHaveLength(2);
    await bench.clock.advance(1);
    expect(output.stored.get('b')).toStrictEqual(['b0']);
    expect([bench.budget.usedBytes, bench.route('b').stream.waiting]).toStrictEqual([0, false]);
  });
});
