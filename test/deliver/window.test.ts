import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Window } from '../../agent/deliver/window.ts';
import { FakeClock } from '../support/fake-clock.ts';

const BYTES = 300_000;
const LATENCY_MS = 100;
/** Requests from which a window learns what is normal. */
const LEARNING = 8;

/** A window in rounds: as many requests as it allows are made at once, more would be if they might, and all are answered. */
class Rounds {
  readonly window: Window;
  nowMs = 0;

  constructor(maxRequests: number) {
    this.window = new Window(maxRequests, 0);
  }

  /** `latencyMs`: of a request beside so many others of its round. */
  stored(count: number, latencyMs: (requests: number) => number = () => LATENCY_MS): number[] {
    return Array.from({ length: count }, () => {
      const requests = this.#begin();
      const answers = requests.map((request) => ({ request, bytes: BYTES, ms: latencyMs(requests.length) }));
      this.nowMs += Math.max(...answers.map(({ ms }) => ms));
      for (const answer of answers) this.window.stored({ ...answer, nowMs: this.nowMs });
      return this.window.slots;
    });
  }

  failed(count = 1): void {
    for (let round = 0; round < count; round += 1) for (const request of this.#begin()) this.window.failed(request);
  }

  #begin(): number[] {
    const requests = Array.from({ length: this.window.slots }, () => this.window.begin());
    this.window.held();
    return requests;
  }

  /** Rounds until so many requests are allowed. */
  roundsTo(slots: number): number {
    let rounds = 0;
    for (; this.window.slots < slots; rounds += 1) {
      expect(rounds).toBeLessThan(1000);
      this.stored(1);
    }
    return rounds;
  }
}

/** The latency of a store that serves so many requests at once while the others wait. */
function serves(capacity: number): (requests: number) => number {
  return (requests) => LATENCY_MS * Math.max(1, requests / capacity);
}

describe('growth', () => {
  test('begins with two requests, and doubles with each round trip once it is known what is normal', () => {
    const rounds = new Rounds(64);
    expect(rounds.window.slots).toBe(2);
    expect(rounds.stored(LEARNING / 2)).toStrictEqual([2, 2, 2, 2]);
    expect(rounds.stored(6)).toStrictEqual([4, 8, 16, 32, 64, 64]);
  });

  test('only while batches wait for the window', () => {
    const window = new Window(64, 0);
    for (let n = 0; n < 100; n += 1) window.stored({ request: window.begin(), bytes: BYTES, ms: LATENCY_MS, nowMs: n });
    expect(window.slots).toBe(2);
  });

  test('by one a round trip after a failure', () => {
    const rounds = new Rounds(64);
    rounds.roundsTo(32);
    rounds.failed();
    expect(rounds.stored(4)).toStrictEqual([16, 17, 18, 19]);
  });

  test('one request is all that is ever allowed where no more may be', () => {
    const rounds = new Rounds(1);
    expect(new Set(rounds.stored(50))).toStrictEqual(new Set([1]));
  });
});

describe('failures', () => {
  test('halve it once for all requests that were under way together, down to one', () => {
    const rounds = new Rounds(64);
    rounds.roundsTo(64);
    const sizes = Array.from({ length: 8 }, () => {
      rounds.failed();
      return rounds.window.slots;
    });
    expect(sizes).toStrictEqual([32, 16, 8, 4, 2, 1, 1, 1]);
  });

  test('a success of a request from before says nothing', () => {
    const { window } = new Rounds(64);
    const [failed, stored] = [window.begin(), window.begin()];
    window.held();
    window.failed(failed);
    window.stored({ request: stored, bytes: BYTES, ms: LATENCY_MS, nowMs: 0 });
    expect(window.slots).toBe(1);
  });

  test('after an outage it begins as at the start, whatever it was', () => {
    const rounds = new Rounds(64);
    rounds.roundsTo(64);
    rounds.window.collapse();
    expect(rounds.stored(LEARNING / 2)).toStrictEqual([2, 2, 2, 2]);
  });

  test('of any number are made up for in rounds of about the number of requests, and those in which it learns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.nat(20), (maxRequests, failures) => {
        const rounds = new Rounds(maxRequests);
        rounds.roundsTo(maxRequests);
        rounds.failed(failures);
        rounds.window.collapse();
        expect(rounds.roundsTo(maxRequests)).toBeLessThanOrEqual(LEARNING + maxRequests + 2);
      }),
    );
  });
});

describe('latency', () => {
  test.each([2, 4, 8, 16])('of a store that serves %i at once: it stays near that, for an hour', (capacity) => {
    const rounds = new Rounds(64);
    rounds.stored(30, serves(capacity));
    const sizes: number[] = [];
    while (rounds.nowMs < 3_600_000) sizes.push(...rounds.stored(1, serves(capacity)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * capacity + 2);
    const full = sizes.filter((size) => size >= capacity).length;
    expect(full / sizes.length).toBeGreaterThan(0.95);
  });

  test('that rises makes it smaller, and when it falls again the window is as before within minutes', () => {
    const rounds = new Rounds(16);
    rounds.roundsTo(16);
    rounds.stored(30, () => 5 * LATENCY_MS);
    expect(rounds.window.slots).toBeLessThan(8);
    const before = rounds.nowMs;
    rounds.roundsTo(16);
    expect(rounds.nowMs - before).toBeLessThan(120_000);
  });

  test('that rises for good is the new normal', () => {
    const rounds = new Rounds(16);
    rounds.roundsTo(16);
    const sizes = rounds.stored(1000, () => 5 * LATENCY_MS);
    expect(Math.max(...sizes.slice(-200))).toBe(16);
  });

  test('that scatters, as if each answer had a chance to come at any moment, hardly keeps it from growing', () => {
    const clock = new FakeClock({ seed: 7 });
    const rounds = new Rounds(16);
    const sizes = rounds.stored(20_000, () => -LATENCY_MS * Math.log(1 - clock.random()));
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).toBeGreaterThan(12);
  });

  test('of small bodies is not compared with that of large ones', () => {
    const rounds = new Rounds(16);
    const { window } = rounds;
    rounds.roundsTo(16);
    for (let n = 0; n < 100; n += 1) {
      const requests = Array.from({ length: 16 }, () => window.begin());
      window.held();
      for (const [index, request] of requests.entries()) {
        const isSmall = index % 2 === 0;
        window.stored({ request, bytes: isSmall ? 500 : BYTES, ms: isSmall ? 5 : LATENCY_MS, nowMs: rounds.nowMs });
      }
    }
    expect(window.slots).toBe(16);
  });
});

const event = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const) }),
  fc.record({ kind: fc.constant('held' as const) }),
  fc.record({ kind: fc.constant('collapse' as const) }),
  fc.record({ kind: fc.constant('failed' as const), nth: fc.nat(70) }),
  fc.record({ kind: fc.constant('stored' as const), nth: fc.nat(70), bytes: fc.integer({ min: 1, max: 4_194_304 }), ms: fc.nat(60_000) }),
);

test('whatever happens: from one to the maximum; no failure makes it larger, no success of an early answer smaller', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.array(event, { maxLength: 300, size: 'max' }), (maxRequests, events) => {
      const window = new Window(maxRequests, 0);
      const underWay: number[] = [];
      let nowMs = 0;
      for (const event of events) {
        const before = window.slots;
        if (event.kind === 'begin') underWay.push(window.begin());
        else if (event.kind === 'held' || event.kind === 'collapse') window[event.kind]();
        else if (underWay.length > 0) {
          const [request] = underWay.splice(event.nth % underWay.length, 1) as [number];
          if (event.kind === 'failed') window.failed(request);
          else {
            nowMs += event.ms;
            window.stored({ request, bytes: event.bytes, ms: event.ms, nowMs });
          }
        }
        expect(window.slots).toBeGreaterThanOrEqual(1);
        expect(window.slots).toBeLessThanOrEqual(maxRequests);
        expect(window.slots - before).toBeLessThanOrEqual(event.kind === 'stored' ? 1 : 0);
        if (event.kind === 'begin' || event.kind === 'held') expect(window.slots).toBe(before);
      }
    }),
    { numRuns: 300 },
  );
});
