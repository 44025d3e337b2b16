import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { SourceLedger } from '../../agent/ledger/source-ledger.ts';
import { LOSS_REASONS, loss } from '../../agent/model/gap.ts';
import { DROP_REASONS } from '../../agent/model/verdict.ts';

/** What happens to some bytes of a source. */
const fate = fc.oneof(
  fc.record({ kind: fc.constant('lost' as const), reason: fc.constantFrom(...LOSS_REASONS) }),
  fc.record({ kind: fc.constant('dropped' as const), reason: fc.constantFrom(...DROP_REASONS) }),
  fc.record({ kind: fc.constantFrom('skipped' as const, 'sent' as const, 'acked' as const, 'unread' as const, 'held' as const) }),
);
const life = fc.array(fc.record({ source: fc.nat(2), bytes: fc.nat(10_000), fate }), { maxLength: 60 });

/** A ledger that knows of 100 bytes: 10 skipped, 20 lost, 30 acknowledged, 5 dropped, 15 in flight; 12 are unread and 8 held. */
function someLedger(): { ledger: SourceLedger; totals: LedgerTotals } {
  const totals = new LedgerTotals();
  const ledger = new SourceLedger(totals);
  ledger.saw(100);
  ledger.skipped(10);
  ledger.lost(loss('truncated', 20));
  ledger.sent(50);
  ledger.acked(30);
  ledger.dropped('too_old', 5);
  return { ledger, totals };
}

describe(SourceLedger, () => {
  test('I5 whatever becomes of bytes, the books of each source balance, and the totals are those of all', () => {
    fc.assert(
      fc.property(life, (steps) => {
        const totals = new LedgerTotals();
        const sources = [0, 1, 2].map(() => ({ ledger: new SourceLedger(totals), unread: 0, held: 0 }));
        for (const { source: n, bytes, fate } of steps) {
          const source = sources[n]!;
          const { ledger } = source;
          ledger.saw(bytes);
          if (fate.kind === 'unread' || fate.kind === 'held') source[fate.kind] += bytes;
          else if (fate.kind === 'lost') ledger.lost(loss(fate.reason, bytes));
          else if (fate.kind === 'skipped') ledger.skipped(bytes);
          else ledger.sent(bytes);
          if (fate.kind === 'acked') ledger.acked(bytes);
          else if (fate.kind === 'dropped') ledger.dropped(fate.reason, bytes);
          for (const { ledger, unread, held } of sources) expect(ledger.unbalanced(unread, held)).toBe(0);
        }
        const waiting = sources.reduce((sum, { unread, held }) => sum + unread + held, 0);
        const dropped = Object.values(totals.droppedBytes).reduce((sum, bytes) => sum + bytes, 0);
        expect(totals.seenBytes).toBe(totals.ackedBytes + totals.filteredBytes + totals.inFlightBytes + dropped + waiting);
        expect(Object.values(totals.droppedEntries).reduce((sum, n) => sum + n, 0)).toBe(
          steps.filter(({ fate }) => fate.kind === 'dropped').length,
        );
      }),
    );
  });

  test('I5 balances while every byte that was seen is somewhere', () => {
    const { ledger, totals } = someLedger();
    expect(ledger.unbalanced(12, 8)).toBe(0);
    expect(totals).toMatchObject({ seenBytes: 100, filteredBytes: 10, ackedBytes: 30, inFlightBytes: 15 });
    expect(totals.droppedBytes).toMatchObject({ truncated: 20, too_old: 5 });
  });

  test.each<[string, number, (ledger: SourceLedger) => void]>([
    ['one that was seen and went nowhere', 1, (ledger) => ledger.saw(1)],
    ['one that was left out unseen', -1, (ledger) => ledger.skipped(1)],
    ['one that was lost unseen', -1, (ledger) => ledger.lost(loss('damaged', 1))],
    ['one that was sent twice', -1, (ledger) => ledger.sent(1)],
  ])('I5 tells of a single byte too many or too few: %s', (_, bytes, err) => {
    const { ledger } = someLedger();
    err(ledger);
    expect(ledger.unbalanced(12, 8)).toBe(bytes);
  });

  test('I5 tells of a byte that nobody has read, and of one that the decoder lost', () => {
    const { ledger } = someLedger();
    expect([ledger.unbalanced(11, 8), ledger.unbalanced(12, 7)]).toStrictEqual([1, 1]);
  });

  test('I5 what is acknowledged twice shows as bytes in flight that are missing', () => {
    const { ledger, totals } = someLedger();
    ledger.acked(15);
    expect([ledger.unbalanced(12, 8), totals.inFlightBytes]).toStrictEqual([0, 0]);
    ledger.acked(1);
    expect(totals.inFlightBytes).toBe(-1);
  });

  test('every reason for which bytes may be missing has a counter from the start', () => {
    const { droppedBytes, droppedEntries, losses } = new LedgerTotals();
    expect(droppedBytes).toStrictEqual(Object.fromEntries([...DROP_REASONS, ...LOSS_REASONS].map((reason) => [reason, 0])));
    expect(Object.keys(droppedEntries)).toStrictEqual([...DROP_REASONS]);
    expect(Object.keys(losses)).toStrictEqual([...LOSS_REASONS]);
  });

  test('a loss of which the size is not known is counted as one', () => {
    const totals = new LedgerTotals();
    new SourceLedger(totals).lost(loss('deleted_unread', 0));
    expect([totals.losses.deleted_unread, totals.droppedBytes.deleted_unread]).toStrictEqual([1, 0]);
  });
});
