import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Retention, type RetentionLimits, secondsUntilLoss } from '../../agent/ledger/retention.ts';

const UNTOLD = { maxBytes: null, maxFiles: null };
const MIB = 1_048_576;

describe(Retention, () => {
  test('before anything is known, the limits are those of a kubelet that nobody configured', () => {
    expect(new Retention(UNTOLD).limits).toStrictEqual({ maxBytes: 10 * MIB, maxFiles: 5 });
  });

  test('the smallest file that was rotated lately tells the limit, since files outgrow it until the kubelet looks', () => {
    const retention = new Retention(UNTOLD);
    for (const bytes of [30 * MIB, 21 * MIB, 55 * MIB]) retention.rotatedAt(bytes);
    expect(retention.limits.maxBytes).toBe(21 * MIB);
  });

  test('a small file that someone rotated by hand is forgotten with the sixteenth rotation after it', () => {
    const retention = new Retention(UNTOLD);
    retention.rotatedAt(37);
    for (let n = 1; n <= 15; n += 1) retention.rotatedAt(11 * MIB);
    expect(retention.limits.maxBytes).toBe(37);
    retention.rotatedAt(11 * MIB);
    expect(retention.limits.maxBytes).toBe(11 * MIB);
  });

  test('a file that was rotated empty tells nothing', () => {
    const retention = new Retention(UNTOLD);
    retention.rotatedAt(0);
    expect(retention.limits.maxBytes).toBe(10 * MIB);
  });

  test('the last count of files that were left is believed', () => {
    const retention = new Retention(UNTOLD);
    retention.kept(10);
    retention.kept(3);
    expect(retention.limits.maxFiles).toBe(3);
  });

  test('what the operator says is believed whatever files look like, each limit by itself', () => {
    const retention = new Retention({ maxBytes: 50 * MIB, maxFiles: null });
    retention.rotatedAt(MIB);
    retention.kept(7);
    expect(retention.limits).toStrictEqual({ maxBytes: 50 * MIB, maxFiles: 7 });
  });
});

/** Bytes that a writer has to write until a kubelet that looks all the time removes the oldest of these files. */
function bytesUntilRemoved(sizes: readonly number[], { maxBytes, maxFiles }: RetentionLimits): number {
  let files = sizes.length;
  let live = sizes[sizes.length - 1]!;
  let written = 0;
  for (;;) {
    written += Math.max(0, maxBytes - live);
    // It removes the oldest until with the live file, which is renamed now, and the next one there are `maxFiles`.
    if (files + 1 > maxFiles) return written;
    files += 1;
    live = 0;
  }
}

describe(secondsUntilLoss, () => {
  const limits = { maxBytes: 10 * MIB, maxFiles: 5 };

  test.each([
    ['an empty live file has all rotations before it', [0], 50 * MIB],
    ['a live file that is half full', [5 * MIB], 45 * MIB],
    ['a live file that has outgrown the limit is rotated at any moment', [25 * MIB], 40 * MIB],
    ['one rotated file', [10 * MIB, MIB], 39 * MIB],
    ['as many files as are kept: the next rotation removes the first', [10 * MIB, 10 * MIB, 10 * MIB, 10 * MIB, 4 * MIB], 6 * MIB],
    ['more files than are kept', [1, 1, 1, 1, 1, 1, 9 * MIB], MIB],
  ])('%s', (_, sizes, bytes) => {
    expect(secondsUntilLoss({ sizes, bytesPerSecond: 1000 }, limits)).toBe(bytes / 1000);
  });

  test('nothing is lost of a log that nobody writes to', () => {
    expect(secondsUntilLoss({ sizes: [10 * MIB, 10 * MIB], bytesPerSecond: 0 }, limits)).toBe(Number.POSITIVE_INFINITY);
  });

  test('I5 the alert is never late: a kubelet that looks all the time removes the oldest file no earlier', () => {
    const kept = fc.record({ maxBytes: fc.integer({ min: 1, max: 1000 }), maxFiles: fc.integer({ min: 2, max: 12 }) });
    fc.assert(
      fc.property(fc.array(fc.nat(1500), { minLength: 1, maxLength: 15 }), kept, (sizes, limits) => {
        expect(secondsUntilLoss({ sizes, bytesPerSecond: 1 }, limits)).toBe(bytesUntilRemoved(sizes, limits));
      }),
    );
  });
});
