import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AckTracker } from '../../agent/checkpoint/ack-tracker.ts';
import { recordTime } from '../../agent/decode/record-time.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { Retention } from '../../agent/ledger/retention.ts';
import { SourceLedger } from '../../agent/ledger/source-ledger.ts';
import { Counters } from '../../agent/model/counters.ts';
import { RecordView } from '../../agent/model/record.ts';
import { GapReporter } from '../../agent/pipeline/gap-reporter.ts';
import { SourceRoutes } from '../../agent/pipeline/source-routes.ts';
import { TailedSource } from '../../agent/pipeline/tailed-source.ts';
import type { Stage } from '../../agent/process/stage.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { MemoryOutput, type MemoryRoute } from '../support/memory-output.ts';
import { tempDir } from '../support/temp-dir.ts';

const ANY_TIME = Number.POSITIVE_INFINITY;

/** Leaves out lines that begin with `#`. */
const WITHOUT_COMMENTS: Stage = { apply: ({ buffer, start }) => buffer[start] !== 0x23 };

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
    const source = tailed({ bench, path, root: dir.path, totals });
    source.poll(0);
    await source.turn(Buffer.alloc(700_000), new RecordView(), 0, [ANY_TIME, ANY_TIME]);
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

function tailed({
  bench,
  path,
  root,
  totals,
}: {
  bench: LaneBench;
  path: string;
  root: string;
  totals: LedgerTotals;
}): TailedSource<MemoryRoute> {
  const ledger = new SourceLedger(totals);
  const options = {
    roots: [root],
    descriptors: new Descriptors(10, bench.clock),
    fs: systemFiles,
    timeOf: recordTime,
    rotateGraceMs: 0,
    retention: new Retention({ maxBytes: null, maxFiles: null }),
  };
  const log = new SourceLog(path, options, ledger);
  const resume = log.open({ kind: 'new', placeIn: () => null, start: 'oldest' }, 0);
  if (typeof resume === 'string') throw new Error(resume);
  const pair = [bench.route('out'), bench.route('err')] as const;
  const routes = new SourceRoutes(() => ({ pair, final: true }));
  routes.find();
  const partBudget = new ByteBudget(1_000_000, new Wakeup());
  return new TailedSource({
    source: { id: 'a', path, namespace: 'shop', pod: 'p', uid: 'u', container: 'app', containerId: '', attempt: 0 },
    log,
    decoder: new SourceDecoder({ maxLineBytes: 262_144, partWaitSeconds: 10, partBudget }, resume),
    stages: WITHOUT_COMMENTS,
    acks: new AckTracker(),
    routes,
    lane: bench.lane,
    ledger,
    gaps: new GapReporter(bench.lane, routes, bench.clock),
    counters: new Counters(),
    clockHoldSeconds: 0,
    nowMs: 0,
  });
}
