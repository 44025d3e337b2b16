import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Claim } from '../../agent/pipeline/claim.ts';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { SourceLedger } from '../../agent/ledger/source-ledger.ts';
import type { Gap } from '../../agent/model/gap.ts';
import { DROP_REASONS } from '../../agent/model/verdict.ts';

function bench(): { claim: Claim; ledger: SourceLedger; totals: LedgerTotals; gaps: Gap[]; heard: string[] } {
  const totals = new LedgerTotals();
  const ledger = new SourceLedger(totals);
  const gaps: Gap[] = [];
  const heard: string[] = [];
  const claim = new Claim({
    ledger,
    describe: (offset) => ({ source: 'a', file: '0.log', offset }),
    gap(gap) {
      gaps.push(gap);
      heard.push('gap');
    },
    settle: () => void heard.push('settled'),
  });
  return { claim, ledger, totals, gaps, heard };
}

function sum(list: readonly { readonly bytes: number }[]): number {
  return list.reduce((total, { bytes }) => total + bytes, 0);
}

describe(Claim, () => {
  test('I5 what is not dropped when the batch is settled is stored, and each byte is counted once', () => {
    const entry = fc.record({ bytes: fc.nat(10_000), drop: fc.option(fc.constantFrom(...DROP_REASONS)) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (entries) => {
        const { claim, ledger, totals, gaps, heard } = bench();
        for (const { bytes } of entries) {
          ledger.saw(bytes);
          claim.add(bytes);
        }
        const dropped = entries.flatMap(({ bytes, drop }) => (drop === null ? [] : [{ reason: drop, bytes, lines: 1 }]));
        for (const { reason, bytes } of dropped) claim.dropped(reason, bytes);
        claim.settled();
        expect(totals.ackedBytes).toBe(sum(entries) - sum(dropped));
        expect([totals.inFlightBytes, ledger.unbalanced(0, 0)]).toStrictEqual([0, 0]);
        expect(gaps).toStrictEqual(dropped);
        // A gap is known before positions may pass it.
        expect(heard).toStrictEqual([...dropped.map(() => 'gap'), 'settled']);
      }),
    );
  });

  test('names the place of an entry for whoever has to look for it', () => {
    expect(bench().claim.describe(7)).toStrictEqual({ source: 'a', file: '0.log', offset: 7 });
  });
});
