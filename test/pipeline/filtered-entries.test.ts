import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { Counters } from '../../agent/model/counters.ts';
import { RecordView } from '../../agent/model/record.ts';
import { TailedSource } from '../../agent/pipeline/tailed-source.ts';
import type { Stage } from '../../agent/process/stage.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { MemoryOutput } from '../support/memory-output.ts';
import { tailedSource } from '../support/tailed-source-bench.ts';
import { tempDir } from '../support/temp-dir.ts';

const ANY_TIME = Number.POSITIVE_INFINITY;

/** Leaves out lines that begin with `#`. */
const WITHOUT_COMMENTS: Stage = { apply: ({ view: { buffer, start } }) => buffer[start] !== 0x23 };

describe(TailedSource, () => {
  test('I1 I5 an entry that a stage leaves out is filtered: not sent, not held back, not missing from the books', async () => {
    await using dir = await tempDir();
    const output = new MemoryOutput();
    const bench = new LaneBench(output, { batchBytes: 10_000, budgetBytes: 100_000, headroomBytes: 20_000 });
    await using _ = bench.lane;
    const totals = new LedgerTotals();
    const path = join(dir.path, '0.log');
    const lines = ['#a', 'b', '#c', '#d', 'e', '#f'].map((line, n) => `2024-05-01T12:00:0${n}Z stdout F ${line}\n`);
    appendFileSync(path, lines.join(''));
    const source = tailedSource({
      path,
      root: dir.path,
      lane: bench.lane,
      pair: [bench.route('out'), bench.route('err')],
      clock: bench.clock,
      totals,
      counters: new Counters(),
      stages: WITHOUT_COMMENTS,
    });
    source.poll(0);
    await source.turn(Buffer.alloc(700_000), new RecordView(), { nowMs: 0, latest: [ANY_TIME, ANY_TIME], aim: 'send' });
    expect(totals.filteredBytes).toBe(lines.filter((line) => line.includes('#')).join('').length);
    expect(source.position().channels[0].offset).toBe(lines[0]!.length);
    bench.lane.seal();
    await bench.clock.advance(5000);
    expect(output.lines).toStrictEqual(['b', 'e']);
    expect(source.position().channels[0].offset).toBe(lines.join('').length);
    expect([source.settled, source.unbalancedBytes]).toStrictEqual([true, 0]);
    expect(totals.ackedBytes + totals.filteredBytes).toBe(totals.seenBytes);
    source.close();
  });
});
