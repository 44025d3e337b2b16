import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeenEvents } from '../../agent/audit/seen-events.ts';

function digestOf(event: number | string): Buffer {
  return createHash('sha256').update(String(event)).digest();
}

describe(SeenEvents, () => {
  test('the last ones are known, as many as there is room for, and what was never added is not', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(100), { maxLength: 300 }), (capacity, events) => {
        const seen = new SeenEvents(capacity);
        const additions: number[] = [];
        for (const event of events) {
          if (!additions.includes(event)) expect(seen.has(digestOf(event))).toBe(false);
          if (!seen.has(digestOf(event))) additions.push(event);
          seen.add(digestOf(event));
          expect(additions.slice(-capacity).every((recent) => seen.has(digestOf(recent)))).toBe(true);
        }
      }),
    );
    const seen = new SeenEvents(1000);
    for (let event = 0; event < 10_000; event += 1) seen.add(digestOf(event));
    const known = Array.from({ length: 10_000 }, (_, event) => event).filter((event) => seen.has(digestOf(event)));
    expect(known.slice(-1000)).toEqual(Array.from({ length: 1000 }, (_, index) => 9000 + index));
    expect(known.length).toBeLessThanOrEqual(2000);
  });

  test('digests that begin alike, or with zeros, are told apart', () => {
    const seen = new SeenEvents(8);
    const digests = [0, 1, 2, 3].map((last) => Buffer.concat([Buffer.alloc(15), Buffer.of(last)]));
    for (const digest of digests) {
      expect(seen.has(digest)).toBe(false);
      seen.add(digest);
    }
    expect(digests.every((digest) => seen.has(digest))).toBe(true);
  });
});

/** Two logs that tell of some of the same events, each in its own order, and one pipeline with its checkpoints. */
class Model {
  readonly store = new Set<number>();
  sends = 0;
  readonly #logs: readonly (readonly number[])[];
  readonly #capacity: number;
  #seen: SeenEvents;
  /** By source, what was read from the checkpoint on: whether it is settled. */
  #settled: boolean[][];
  #read: number[];
  #saved: number[];
  #inFlight: { source: number; index: number }[] = [];

  constructor(logs: readonly (readonly number[])[], capacity: number) {
    this.#logs = logs;
    this.#capacity = capacity;
    this.#seen = new SeenEvents(capacity);
    this.#settled = logs.map(() => []);
    this.#read = logs.map(() => 0);
    this.#saved = logs.map(() => 0);
  }

  read(source: number): void {
    const index = this.#read[source]!;
    const event = this.#logs[source]![index];
    if (event === undefined) return;
    this.#read[source] = index + 1;
    const digest = digestOf(event);
    this.#settled[source]![index] = this.#seen.has(digest);
    if (this.#settled[source]![index]) return;
    this.#inFlight.push({ source, index });
    this.#seen.add(digest);
    this.sends += 1;
  }

  /** One of those under way is stored, in whatever order; the answer to it may be lost. */
  answer(which: number, isHeard: boolean): void {
    const at = which % Math.max(1, this.#inFlight.length);
    const entry = this.#inFlight[at];
    if (entry === undefined) return;
    this.store.add(this.#logs[entry.source]![entry.index]!);
    if (!isHeard) return;
    this.#inFlight.splice(at, 1);
    this.#settled[entry.source]![entry.index] = true;
  }

  checkpoint(source: number): void {
    const isOpen = this.#settled[source]!.findIndex((settled, index) => index >= this.#saved[source]! && !settled);
    this.#saved[source] = isOpen < 0 ? this.#read[source]! : isOpen;
  }

  crash(): void {
    this.#seen = new SeenEvents(this.#capacity);
    this.#inFlight = [];
    this.#read = [...this.#saved];
    this.#settled = this.#settled.map((settled, source) => settled.slice(0, this.#saved[source]));
  }

  finish(): void {
    for (const [source, log] of this.#logs.entries()) for (const _ of log) this.read(source);
    while (this.#inFlight.length > 0) this.answer(0, true);
  }
}

const logs = fc.array(fc.nat(25), { maxLength: 40 });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('read' as const), source: fc.nat(1) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(50), isHeard: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('checkpoint' as const), source: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
  ),
  { maxLength: 120 },
);

describe('one event by two ways', () => {
  test('I8 whatever the order of answers, and whenever the process is killed, each event is in the store', () => {
    fc.assert(
      fc.property(logs, logs, fc.integer({ min: 1, max: 30 }), steps, (one, other, capacity, steps) => {
        const model = new Model([one, other], capacity);
        for (const step of steps) {
          if (step.kind === 'read') model.read(step.source);
          else if (step.kind === 'answer') model.answer(step.which, step.isHeard);
          else if (step.kind === 'checkpoint') model.checkpoint(step.source);
          else model.crash();
        }
        model.crash();
        model.finish();
        expect([...model.store].sort((a, b) => a - b)).toEqual([...new Set([...one, ...other])].sort((a, b) => a - b));
      }),
      { numRuns: 2000 },
    );
  });

  test('without a crash, and with room enough, each is sent once', () => {
    fc.assert(
      fc.property(logs, logs, (one, other) => {
        const model = new Model([one, other], 30);
        model.finish();
        expect(model.sends).toBe(new Set([...one, ...other]).size);
      }),
    );
  });
});
