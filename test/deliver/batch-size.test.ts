import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BatchSize } from '../../agent/deliver/batch-size.ts';

const MIB = 1_048_576;

/** Batches that fill, stored one after the other. */
function storedToTarget(size: BatchSize, count: number, nowMs = 0): number {
  for (let n = 0; n < count; n += 1) size.stored(size.targetBytes, nowMs);
  return size.targetBytes;
}

describe('a batch that failed', () => {
  test('halves the next ones, once with all pieces of it', () => {
    const size = new BatchSize(MIB);
    for (let n = 0; n < 5; n += 1) size.failed(MIB);
    expect(size.targetBytes).toBe(MIB / 2);
    size.failed(MIB / 2);
    expect(size.targetBytes).toBe(MIB / 4);
  });

  test('is made up for by eight that filled and were stored; small ones say nothing', () => {
    const size = new BatchSize(MIB);
    for (const bytes of [MIB, MIB / 2, MIB / 4, MIB / 8, MIB / 16, 1]) size.failed(bytes);
    expect(size.targetBytes).toBe(65_536);
    for (let n = 0; n < 100; n += 1) size.stored(1000, 0);
    expect(size.targetBytes).toBe(65_536);
    expect(storedToTarget(size, 8)).toBe(MIB);
  });

  test('a batch that may never be large is never made smaller', () => {
    const size = new BatchSize(2000);
    size.failed(2000);
    expect(size.targetBytes).toBe(2000);
  });
});

describe('a batch that is too large', () => {
  test('is not tried again for ten minutes', () => {
    const size = new BatchSize(MIB);
    size.tooLarge(MIB, 1000);
    expect(storedToTarget(size, 100, 600_999)).toBe(MIB / 2);
    expect(storedToTarget(size, 4, 601_000)).toBe(MIB);
  });
});

const event = fc.record({
  kind: fc.constantFrom('stored' as const, 'failed' as const, 'tooLarge' as const),
  bytes: fc.integer({ min: 1, max: 4 * MIB }),
  ms: fc.nat(700_000),
});

test('whatever happens: between the floor and the largest, never larger after a failure, never smaller after a success', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1024, max: 4 * MIB }), fc.array(event), (maxBytes, events) => {
      const size = new BatchSize(maxBytes);
      let nowMs = 0;
      for (const { kind, bytes, ms } of events) {
        nowMs += ms;
        const before = size.targetBytes;
        size[kind](bytes, nowMs);
        if (kind === 'stored') expect(size.targetBytes).toBeGreaterThanOrEqual(before);
        else expect(size.targetBytes).toBeLessThanOrEqual(before);
        expect(size.targetBytes).toBeGreaterThanOrEqual(Math.min(maxBytes, 65_536));
        expect(size.targetBytes).toBeLessThanOrEqual(maxBytes);
      }
    }),
  );
});
