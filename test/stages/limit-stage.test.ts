import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entry } from '../../agent/process/entry.ts';
import { LimitStage } from '../../agent/process/limit-stage.ts';
import { Memory } from '../../agent/process/memory.ts';
import { viewOf } from './entry.ts';

const NOON = 1_714_564_800;

interface Options {
  readonly rate?: number;
  readonly burst?: number;
  readonly byLabel?: boolean;
  readonly maxValues?: number;
}

/** Hands lines of given times to a stage. */
class Limited {
  readonly #memory = new Memory(2);
  readonly #stage: LimitStage;
  filtered = 0;

  constructor({ rate = 10, burst = 10, byLabel = false, maxValues = 2 }: Options = {}) {
    this.#stage = new LimitStage({
      perSecond: rate,
      burst,
      countFiltered: () => (this.filtered += 1),
      of: byLabel ? { label: 0, maxValues } : { spent: this.#memory.slot(), last: this.#memory.slot() },
    });
  }

  /** Whether a line passes at so many milliseconds after noon. */
  passes(ms: number, label: string | null = null, channel: 0 | 1 = 0): boolean {
    const entry = new Entry(viewOf(Buffer.from('x')));
    const seconds = NOON + Math.floor(ms / 1000);
    Object.assign(entry.view, { seconds, nanos: Math.round((ms - Math.floor(ms / 1000) * 1000) * 1e6), channel });
    entry.begin(entry.view, [], [label]);
    entry.memory = this.#memory.begin(channel);
    return this.#stage.apply(entry);
  }

  count(times: readonly number[], label: string | null = null): number {
    return times.filter((ms) => this.passes(ms, label)).length;
  }
}

const times = (count: number, everyMs: number): number[] => Array.from({ length: count }, (_, index) => index * everyMs);

describe(LimitStage, () => {
  // TestLimitPipeline of Promtail: 50 lines at once, rate and burst of 10.
  test('as many as the burst pass at once, and are counted beyond it', () => {
    const limited = new Limited();
    expect(limited.count(times(50, 0))).toBe(10);
    expect(limited.filtered).toBe(40);
  });

  test('lines at the rate all pass', () => expect(new Limited().count(times(500, 100))).toBe(500));

  test('of lines at ten times the rate one in ten passes, behind the burst', () => {
    expect(new Limited().count(times(1001, 10))).toBe(110);
  });

  test('after a pause the whole burst may pass again, and no more', () => {
    const limited = new Limited();
    limited.count(times(50, 0));
    expect(limited.count(times(50, 0).map((ms) => ms + 3_600_000))).toBe(10);
  });

  test('a rate below one a second lets a line pass now and then', () => {
    expect(new Limited({ rate: 0.1, burst: 1 }).count(times(101, 1000))).toBe(11);
  });

  test('each channel has the rate for itself', () => {
    const limited = new Limited({ burst: 1 });
    expect([limited.passes(0, null, 0), limited.passes(0, null, 1), limited.passes(0, null, 0)]).toEqual([true, true, false]);
  });

  test('times that go back by a little are no time that passes, those that go back by far are', () => {
    const limited = new Limited({ rate: 1, burst: 1 });
    expect([0, -500, 400, -500, 400, 999].map((ms) => limited.passes(ms))).toEqual([true, false, false, false, false, false]);
    expect(limited.passes(1000)).toBe(true);
    expect([-60_000, -59_000].map((ms) => limited.passes(ms))).toEqual([false, true]);
  });

  test('each value of a label has the rate for itself, and entries without it have none', () => {
    const limited = new Limited({ burst: 1, byLabel: true });
    expect(['a', 'b', 'a', null, null].map((label) => limited.passes(0, label))).toEqual([true, true, false, true, true]);
  });

  test('of more values than are kept, those that came last are known', () => {
    const limited = new Limited({ burst: 1, byLabel: true, maxValues: 2 });
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map((label) => limited.passes(0, label))).toEqual([true, true, false, true, false, true]);
  });

  test('never more pass in a stretch of time than the burst and what the rate lets through meanwhile', () => {
    const steps = fc.array(fc.nat({ max: 300 }), { maxLength: 100 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 5 }), (steps, rate, burst) => {
        const limited = new Limited({ rate, burst });
        let now = 0;
        const passed = steps.flatMap((step) => {
          now += step;
          return limited.passes(now) ? [now] : [];
        });
        for (const [from, first] of passed.entries())
          for (const [to, last] of passed.entries())
            if (to >= from) expect(to - from + 1).toBeLessThanOrEqual(burst + ((last - first) / 1000) * rate + 1e-3);
      }),
    );
  });
});
