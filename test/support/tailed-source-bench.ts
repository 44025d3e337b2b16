import { AckTracker } from '../../agent/checkpoint/ack-tracker.ts';
import { LineScanner } from '../../agent/decode/line-scanner.ts';
import { RecordJoiner } from '../../agent/decode/record-joiner.ts';
import { recordTime } from '../../agent/decode/record-time.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import type { Lane } from '../../agent/deliver/lane.ts';
import type { Route } from '../../agent/deliver/output.ts';
import type { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { Retention } from '../../agent/ledger/retention.ts';
import { SourceLedger } from '../../agent/ledger/source-ledger.ts';
import type { Counters } from '../../agent/model/counters.ts';
import type { ChannelMultiline } from '../../agent/model/multiline.ts';
import { GapReporter } from '../../agent/pipeline/gap-reporter.ts';
import { SourceRoutes } from '../../agent/pipeline/source-routes.ts';
import { TailedSource } from '../../agent/pipeline/tailed-source.ts';
import { EntryProcessing } from '../../agent/pipeline/entry-processing.ts';
import { Memory } from '../../agent/process/memory.ts';
import type { Stage } from '../../agent/process/stage.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import type { Clock } from '../../agent/runtime/clock.ts';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import type { LineMemory } from '../../agent/runtime/line-memory.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { kubeletFiles } from '../../agent/tail/kubelet-files.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';

export interface TailedSourceSetup<R extends Route> {
  readonly path: string;
  /** The folder that files may be opened in. */
  readonly root: string;
  readonly lane: Lane<R>;
  readonly pair: readonly [R, R];
  readonly clock: Clock;
  readonly totals: LedgerTotals;
  readonly counters: Counters;
  readonly stages?: Stage;
  readonly multiline?: ChannelMultiline;
  /** Absent: entries come one by one. */
  readonly lines?: LineMemory | undefined;
  readonly maxLineBytes?: number;
}

/** A source of a log that is there, from its begin on its way to a lane. */
export function tailedSource<R extends Route>(setup: TailedSourceSetup<R>): TailedSource<R> {
  const { path, root, lane, pair, clock, totals, counters, stages, lines, multiline = null, maxLineBytes = 262_144 } = setup;
  const ledger = new SourceLedger(totals);
  const retention = new Retention({ maxBytes: null, maxFiles: null });
  const descriptors = new Descriptors(10, clock);
  const log = new SourceLog(
    path,
    { roots: [root], descriptors, fs: systemFiles, rotatedFiles: kubeletFiles, timeOf: recordTime, rotateGraceMs: 0, retention },
    ledger,
  );
  const resume = log.open({ kind: 'new', placeIn: () => null, start: 'oldest' }, 0);
  if (typeof resume === 'string') throw new Error(resume);
  const channels = pair.map((route) => ({ extracted: [], labels: [], routeOf: () => route }));
  const processing = stages === undefined ? null : new EntryProcessing({ stages, channels, memory: new Memory(2), lineValues: () => ({}) });
  const routes = new SourceRoutes(() => ({ byChannel: pair, final: true, processing, multiline }));
  routes.find();
  const decode = { maxLineBytes, partWaitSeconds: 10, partBudget: new ByteBudget(1_000_000, new Wakeup()), spares: new SpareBuffers() };
  const scanner = lines === undefined ? null : new LineScanner(lines);
  const lanes = { laneOf: () => lane };
  return new TailedSource({
    source: { id: 'a', path, namespace: 'shop', pod: 'p', uid: 'u', container: 'app', containerId: '', attempt: 0 },
    log,
    decoder: new RecordJoiner(new SourceDecoder(decode, resume, scanner), decode),
    acks: new AckTracker(),
    routes,
    lanes,
    ledger,
    gaps: new GapReporter(lanes, routes, clock),
    counters,
    clockHoldSeconds: 0,
    nowMs: 0,
  });
}
