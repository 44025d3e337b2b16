import { describe, expect, test } from 'vitest';
import { type DatedGap, fillGapRecord, justAfter } from '../../agent/ledger/gap-record.ts';
import { LOSS_REASONS } from '../../agent/model/gap.ts';
import { RecordView } from '../../agent/model/record.ts';
import { DROP_REASONS } from '../../agent/model/verdict.ts';

const FROM = [1_714_564_800, 5] as const;
const UNTIL = [1_714_564_860, 0] as const;
const LOSS: DatedGap = { reason: 'deleted_unread', bytes: 123, lines: null, from: null, until: null };

function recordOf(gap: Partial<DatedGap>): RecordView & { text: string } {
  const view = new RecordView();
  // As another record may have left it.
  Object.assign(view, { start: 7, end: 9, partial: true, metadata: [['other', 'x']] });
  fillGapRecord(view, { ...LOSS, ...gap }, [1_714_564_800, 6]);
  return Object.assign(view, { text: view.buffer.toString('utf8', view.start, view.end) });
}

describe(fillGapRecord, () => {
  test.each<[string, Partial<DatedGap>, string]>([
    ['bytes of which nothing else is known', {}, '123 bytes at least of this log are missing: deleted before they were read'],
    [
      'between two entries',
      { from: FROM, until: UNTIL },
      '123 bytes at least of this log are missing between 2024-05-01T12:00:00.000000005Z and 2024-05-01T12:01:00.000000000Z: deleted before they were read',
    ],
    [
      'behind the last entry',
      { reason: 'truncated', from: FROM },
      '123 bytes at least of this log are missing after 2024-05-01T12:00:00.000000005Z: cut off before they were read',
    ],
    [
      'before the first entry',
      { reason: 'held_too_long', until: UNTIL },
      '123 bytes at least of this log are missing before 2024-05-01T12:01:00.000000000Z: deleted, and given up unread when limits.deleted_bytes was used up',
    ],
    ['of a size that nobody knows', { bytes: 0 }, 'an unknown number of bytes of this log are missing: deleted before they were read'],
    ['one line', { reason: 'too_old', lines: 1 }, '1 line of this log is missing: refused (too_old), see the dead letters'],
    ['lines', { reason: 'poison', lines: 2 }, '2 lines of this log are missing: refused (poison), see the dead letters'],
  ])('%s', (_, gap, text) => {
    expect(recordOf(gap).text).toBe(`logferry: ${text}`);
  });

  test('says in metadata what programs read, and no more than is known', () => {
    expect(recordOf({}).metadata).toStrictEqual([
      ['gap', 'deleted_unread'],
      ['gap_bytes', '123'],
    ]);
    expect(recordOf({ reason: 'too_old', lines: 4, from: FROM, until: UNTIL }).metadata).toStrictEqual([
      ['gap', 'too_old'],
      ['gap_bytes', '123'],
      ['gap_lines', '4'],
      ['gap_from', '2024-05-01T12:00:00.000000005Z'],
      ['gap_until', '2024-05-01T12:01:00.000000000Z'],
    ]);
  });

  test('is a whole record of the given time, whatever the view held before', () => {
    const { seconds, nanos, partial, start } = recordOf({});
    expect([seconds, nanos, partial, start]).toStrictEqual([1_714_564_800, 6, false, 0]);
  });

  test('names every cause', () => {
    for (const reason of [...LOSS_REASONS, ...DROP_REASONS]) expect(recordOf({ reason }).text).toMatch(/missing: [a-z]+.*[a-z)]$/);
  });
});

describe(justAfter, () => {
  test.each([
    [
      [5, 0],
      [5, 1],
    ],
    [
      [5, 999_999_998],
      [5, 999_999_999],
    ],
    [
      [5, 999_999_999],
      [6, 0],
    ],
  ] as const)('%j is followed by %j', (time, next) => {
    expect(justAfter(time)).toStrictEqual(next);
  });
});
