import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../agent/model/verdict.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { limited, MemoryOutput, type MemoryRequest, retry, STORED } from '../support/memory-output.ts';

const LATENCY_MS = 100;
const STEP_MS = 10;
const STREAMS = 48;
const MAX_IN_FLIGHT = 32;

/** A store with a time of its own, and a lane that always has more to send: a batch for each of many streams. */
class Backlog {
  readonly output: MemoryOutput;
  readonly bench: LaneBench;
  /** What the store makes of a request, once it has come to it. */
  verdict: () => Verdict = () => STORED;
  /** How many requests it serves at once; the others wait for their turn. */
  readonly #capacity: number;
  #busy = 0;
  readonly #queue: (() => void)[] = [];
  #lines = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.output = new MemoryOutput((request) => this.#serve(request));
    this.bench = new LaneBench(this.output, { maxInFlight: MAX_IN_FLIGHT, budgetBytes: 100_000 });
  }

  async #serve({ signal }: MemoryRequest): Promise<Verdict> {
    if (this.#busy >= this.#capacity) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#busy += 1;
    await this.bench.clock.sleep(LATENCY_MS, signal);
    this.#busy -= 1;
    this.#queue.shift()?.();
    return this.verdict();
  }

  /** Lets time go on; returns how many requests were under way, step by step. */
  async run(seconds: number): Promise<number[]> {
    const { bench, output } = this;
    const underWay: number[] = [];
    for (let ms = 0; ms < seconds * 1000; ms += STEP_MS) {
      while (bench.lane.queuedBatches < STREAMS && !bench.lane.full) {
        this.#lines += 1;
        bench.append(`s${this.#lines % STREAMS}`, `line ${this.#lines}`);
        bench.lane.seal();
      }
      await bench.clock.advance(STEP_MS);
      underWay.push(output.underWay);
    }
    return underWay;
  }

  /** Ends the backlog; every line must have been stored, once and in the order of its stream. */
  async end(): Promise<void> {
    const { bench, output } = this;
    this.verdict = () => STORED;
    await bench.clock.advance(600_000);
    const lines = Array.from({ length: this.#lines }, (_, n) => n + 1);
    for (let stream = 0; stream < STREAMS; stream += 1) {
      const wanted = lines.filter((n) => n % STREAMS === stream).map((n) => `line ${n}`);
      expect(output.stored.get(`s${stream}`) ?? []).toStrictEqual(wanted);
    }
    expect([output.overlaps, bench.settled.length, bench.budget.usedBytes]).toStrictEqual([[], this.#lines, 0]);
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

describe('requests in flight', () => {
  test('I2 I5 fewer in a storm of 429, as many as before once it is over; nothing is lost and the order kept', async () => {
    const backlog = new Backlog(STREAMS);
    await using _ = backlog.bench.lane;
    await backlog.run(10);
    expect(backlog.bench.lane.window).toBe(MAX_IN_FLIGHT);
    let answers = 0;
    backlog.verdict = () => ((answers += 1) % 3 === 0 ? STORED : limited());
    await backlog.run(5);
    const stormy = await backlog.run(30);
    expect(mean(stormy)).toBeLessThan(MAX_IN_FLIGHT / 8);
    backlog.verdict = () => STORED;
    await backlog.run(30);
    expect(backlog.bench.lane.window).toBe(MAX_IN_FLIGHT);
    expect(mean(await backlog.run(2))).toBeGreaterThan(MAX_IN_FLIGHT * 0.9);
    await backlog.end();
  });

  test.each([2, 4, 8])('I2 I5 to a store that serves %i at once: near that, and it is always busy', async (capacity) => {
    const backlog = new Backlog(capacity);
    await using _ = backlog.bench.lane;
    await backlog.run(20);
    const before = backlog.output.requests.length;
    const underWay = await backlog.run(130);
    expect(mean(underWay)).toBeLessThan(2 * capacity);
    expect(Math.max(...underWay)).toBeLessThanOrEqual(3 * capacity);
    expect((backlog.output.requests.length - before) / 130).toBeGreaterThan((0.95 * capacity * 1000) / LATENCY_MS);
    await backlog.end();
  });

  test('I2 I5 no burst when a store is up again', async () => {
    const backlog = new Backlog(STREAMS);
    await using _ = backlog.bench.lane;
    await backlog.run(10);
    backlog.verdict = () => retry();
    await backlog.run(60);
    backlog.verdict = () => STORED;
    const underWay = await backlog.run(60);
    const from = underWay.findIndex((requests) => requests > 1);
    expect(Math.max(...underWay.slice(0, from + LATENCY_MS / STEP_MS))).toBe(2);
    expect(backlog.bench.lane.window).toBe(MAX_IN_FLIGHT);
    await backlog.end();
  });

  test('I6 a limit of one stream is no reason to send fewer of the others', async () => {
    const output = new MemoryOutput(({ streams }) => (streams.length > 1 ? limited([0]) : STORED));
    const bench = new LaneBench(output);
    await using _ = bench.lane;
    for (let n = 0; n < 20; n += 1) {
      for (const stream of ['a', 'b']) bench.append(stream, `${n}`);
      await bench.clock.advance(1000);
    }
    expect(bench.lane.window).toBe(2);
  });
});

describe('the size of a batch', () => {
  const BATCH_BYTES = 262_144;
  const TAKES_BYTES = 100_000;
  const LINE = 'x'.repeat(1000);
  const options = { batchBytes: BATCH_BYTES, budgetBytes: 2_000_000 };

  function fill(bench: LaneBench, from: number): void {
    for (let n = from; n < from + 1000; n += 1) bench.append('a', `${n} ${LINE}`);
  }

  test.each([
    ['a rate limit with a small burst', limited()],
    ['a network that is too slow', { kind: 'retry', reason: 'timeout', detail: '', afterMs: null, streams: null }],
    ['a gateway with a limit', { kind: 'refused', reason: 'too_large', detail: '', guilty: null }],
  ] as const)('I2 I5 behind %s, which takes no large one, ends below it: all arrives', async (_name, verdict) => {
    const output = new MemoryOutput(({ lines }) => (lines.length * LINE.length > TAKES_BYTES ? verdict : STORED));
    const bench = new LaneBench(output, options);
    await using _ = bench.lane;
    fill(bench, 0);
    await bench.clock.advance(3_600_000);
    expect(output.stored.get('a')).toStrictEqual(Array.from({ length: 1000 }, (_, n) => `${n} ${LINE}`));
    expect([bench.letters, bench.budget.usedBytes]).toStrictEqual([[], 0]);
    expect(bench.lane.batchTargetBytes).toBeLessThan(BATCH_BYTES);
  });

  test('is whole again after eight batches that were stored', async () => {
    let isLimited = true;
    const output = new MemoryOutput(() => (isLimited ? limited() : STORED));
    const bench = new LaneBench(output, options);
    await using _ = bench.lane;
    fill(bench, 0);
    await bench.clock.advance(600_000);
    expect(bench.lane.batchTargetBytes).toBe(65_536);
    isLimited = false;
    await bench.clock.advance(60_000);
    for (let from = 1000; from < 4000; from += 1000) {
      fill(bench, from);
      await bench.clock.advance(60_000);
    }
    expect(bench.lane.batchTargetBytes).toBe(BATCH_BYTES);
    expect(output.stored.get('a')).toStrictEqual(Array.from({ length: 4000 }, (_, n) => `${n} ${LINE}`));
  });
});
