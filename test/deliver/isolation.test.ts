import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { limited, MemoryOutput, retry, STORED } from '../support/memory-output.ts';

/** A store that keeps the requests of stream `slow` waiting until the test lets them go. */
function slowFor(slow: string): { readonly output: MemoryOutput; readonly letGo: ((verdict: Verdict) => void)[] } {
  const letGo: ((verdict: Verdict) => void)[] = [];
  const output = new MemoryOutput(({ streams, signal }) => {
    if (!streams.includes(slow)) return STORED;
    return new Promise((resolve) => {
      letGo.push(resolve);
      signal.addEventListener('abort', () => setImmediate(() => resolve(retry())));
    });
  });
  return { output, letGo };
}

describe('I6 streams that can leave do not wait for those that cannot', () => {
  test('the open batch is sealed in two while one of its streams is in a request', async () => {
    const { output, letGo } = slowFor('busy');
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('busy', '1');
    bench.lane.seal();
    for (const [stream, line] of [
      ['quiet', 'q1'],
      ['busy', '2'],
      ['calm', 'c1'],
    ] as const) {
      bench.append(stream, line);
    }
    bench.lane.seal();
    await bench.clock.advance(0);
    expect(output.requests.map(({ lines }) => lines)).toStrictEqual([['1'], ['q1', 'c1']]);
    expect(bench.settled).toStrictEqual(['q1', 'c1']);
    letGo[0]!(STORED);
    await bench.clock.advance(0);
    letGo[1]!(STORED);
    await bench.clock.advance(0);
    expect([bench.settled, output.stored.get('busy'), bench.budget.usedBytes]).toStrictEqual([['q1', 'c1', '1', '2'], ['1', '2'], 0]);
  });

  test('a stream says so while what is sealed of it has to wait, and rings when it need not any more', async () => {
    const { output, letGo } = slowFor('busy');
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    const { stream } = bench.route('busy');
    bench.append('busy', '1');
    bench.lane.seal();
    expect([stream.busy, stream.waiting]).toStrictEqual([true, false]);
    bench.append('busy', '2');
    bench.lane.seal();
    expect(stream.waiting).toBe(true);
    await bench.budget.freed.wait();
    const freed = bench.budget.freed.wait();
    letGo[0]!(STORED);
    await freed;
    await bench.clock.advance(0);
    expect([stream.busy, stream.waiting, output.requests.length]).toStrictEqual([true, false, 2]);
    letGo[1]!(STORED);
    await bench.clock.advance(0);
    expect([stream.busy, stream.waiting]).toStrictEqual([false, false]);
  });

  test('a stream whose batch waits for its next attempt is one that waits', async () => {
    const output = new MemoryOutput(() => retry(5000));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    bench.append('a', '1');
    await bench.clock.advance(1000);
    const { stream } = bench.route('a');
    expect([stream.busy, stream.waiting]).toStrictEqual([false, true]);
  });

  test('asked to confirm by stream, each stream has a request of its own', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output, { confirm: 'stream' });
    await using _ = bench.lane;
    for (const stream of ['a', 'b', 'a', 'c']) bench.append(stream, `${stream}${output.requests.length}`);
    await bench.clock.advance(1000);
    expect(output.requests.map(({ streams }) => streams)).toStrictEqual([['a'], ['b'], ['c']]);
    expect(bench.budget.usedBytes).toBe(0);
  });
});

describe('the rate of a stream', () => {
  test('no batch leaves before its streams have bytes left; bursts are allowed, others do not wait', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output, { batchBytes: 1000, streamRateBytes: 100, streamBurstBytes: 200 });
    await using _ = bench.lane;
    for (let n = 0; n < 3; n += 1) {
      bench.append('a', `${n}`.padEnd(150, '.'));
      bench.lane.seal();
    }
    bench.append('b', 'b');
    bench.lane.seal();
    await bench.clock.advance(999);
    expect(output.requests.map(({ streams }) => streams)).toStrictEqual([['a'], ['b']]);
    await bench.clock.advance(1);
    expect(output.requests).toHaveLength(3);
    await bench.clock.advance(1499);
    expect(output.requests).toHaveLength(3);
    await bench.clock.advance(1);
    expect([output.stored.get('a')?.length, bench.budget.usedBytes]).toStrictEqual([3, 0]);
  });

  test('the open batch is sealed in two where a stream has used up its rate', async () => {
    const output = new MemoryOutput();
    const bench = new LaneBench(output, { batchBytes: 1000, streamRateBytes: 10, streamBurstBytes: 100 });
    await using _ = bench.lane;
    bench.append('a', 'x'.repeat(100));
    await bench.clock.advance(1000);
    bench.append('a', 'y'.repeat(50));
    bench.append('b', '1');
    await bench.clock.advance(1000);
    expect(output.requests.map(({ streams }) => streams)).toStrictEqual([['a'], ['b']]);
    await bench.clock.advance(3999);
    expect(output.stored.get('a')).toHaveLength(1);
    await bench.clock.advance(1);
    expect(output.stored.get('a')).toHaveLength(2);
  });
});

/** How long each of 300 lines, one a second, takes to be settled, beside a lane whose store answers so. */
async function latenciesBeside(other: () => Verdict): Promise<{ readonly waitedMs: number[]; readonly neighbour: LaneBench }> {
  const bench = new LaneBench(new MemoryOutput());
  const neighbour = new LaneBench(new MemoryOutput(other));
  await using _ = bench.lane;
  await using __ = neighbour.lane;
  const waitedMs: number[] = [];
  for (let second = 0; second < 300; second += 1) {
    bench.append('a', String(second));
    neighbour.append('a', String(second));
    let ms = 0;
    for (; bench.settled.length <= second; ms += 50) {
      await bench.clock.advance(50);
      await neighbour.clock.advance(50);
    }
    waitedMs.push(ms);
  }
  return { waitedMs, neighbour };
}

test('I6 a lane whose store answers 429 for five minutes leaves the latency of another as it was', async () => {
  const undisturbed = await latenciesBeside(() => STORED);
  const { waitedMs, neighbour } = await latenciesBeside(() => limited());
  expect(waitedMs).toStrictEqual(undisturbed.waitedMs);
  expect([neighbour.settled, neighbour.lane.state]).toStrictEqual([[], 'unreachable']);
});
