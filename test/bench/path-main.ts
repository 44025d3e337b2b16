import { LineScanner } from '../../agent/decode/line-scanner.ts';
import { recordTime } from '../../agent/decode/record-time.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import { Lane } from '../../agent/deliver/lane.ts';
import type { Origin } from '../../agent/deliver/origin.ts';
import type { OpenBatch } from '../../agent/deliver/share.ts';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { Retention } from '../../agent/ledger/retention.ts';
import { SourceLedger } from '../../agent/ledger/source-ledger.ts';
import { RecordView, stdChannel } from '../../agent/model/record.ts';
import type { Verdict } from '../../agent/model/verdict.ts';
import type { LokiRoute } from '../../agent/outputs/loki/encode-push.ts';
import { LokiOutput } from '../../agent/outputs/loki/loki-output.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import { LineMemory } from '../../agent/runtime/line-memory.ts';
import { LineBounds } from '../../agent/runtime/line-table.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { kubeletFiles } from '../../agent/tail/kubelet-files.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { plainLoki } from '../support/plain-loki.ts';

/** The path of a line through the agent's own code: read, decode, admit, encode, compress. Prints lines and CPU seconds as JSON. */
const CHUNK = 516 * 1024;

let compressed = 0;
let stored = 0;

/** Stores everything at once. */
class EagerOutput extends LokiOutput {
  override async push(body: Buffer): Promise<Verdict> {
    compressed += body.length;
    return { kind: 'stored' };
  }
}

const output = new EagerOutput(plainLoki('http://127.0.0.1/'), systemClock);
const lines = new LineMemory(CHUNK);
const lane = new Lane({
  output,
  lines,
  budget: new ByteBudget(24 * 1024 * 1024, new Wakeup()),
  clock: systemClock,
  observer: {
    stored: (entries) => void (stored += entries),
    settled: () => undefined,
    retrying: () => undefined,
    misconfigured: () => undefined,
    refused: () => Promise.resolve(),
  },
  options: {
    batchBytes: 1024 * 1024,
    batchWaitMs: 1000,
    maxInFlight: 4,
    backoffMinMs: 500,
    backoffMaxMs: 30_000,
    headroomBytes: 2 * 1024 * 1024,
    confirm: 'batch',
    maxAgeSeconds: 100 * 365 * 86_400,
    maxFutureSeconds: 100 * 365 * 86_400,
    clockHoldSeconds: 300,
    maxLineBytes: 262_144,
    streamRateBytes: 0,
    streamBurstBytes: 0,
    laneRateBytes: 0,
    laneBurstBytes: 0,
  },
});

const retention = new Retention({ maxBytes: null, maxFiles: null });
const options = {
  roots: ['/'],
  descriptors: new Descriptors(10, systemClock),
  fs: systemFiles,
  rotatedFiles: kubeletFiles,
  timeOf: recordTime,
  rotateGraceMs: 0,
  retention,
};
const log = new SourceLog(process.argv[2]!, options, new SourceLedger(new LedgerTotals()));
const resume = log.open({ kind: 'new', placeIn: () => null, start: 'oldest' }, 0);
if (typeof resume === 'string') throw new Error(resume);
const partBudget = new ByteBudget(8 * 1024 * 1024, new Wakeup());
const decoder = new SourceDecoder(
  { maxLineBytes: 256 * 1024, partWaitSeconds: 10, partBudget, spares: new SpareBuffers() },
  resume,
  new LineScanner(lines),
);
const labels = { namespace: 'shop', app: 'web', container: 'web', service_name: 'web', job: 'shop/web', node_name: 'node-1' };
const metadata = [['pod', 'web-7d9c5b8f6d-x2x7q']] as const;
const routeOf = (stream: string): LokiRoute => output.route({ labels: { ...labels, stream }, metadata });
const routes = [routeOf('stdout'), routeOf('stderr')] as const;
const origin: Origin = { dropped: () => undefined, describe: (offset) => ({ source: '', file: '', offset }) };
const span = { origin, from: 0, bytes: 0 };
const view = new RecordView();
const buffer = lines.chunk;
const bounds = new LineBounds();
const shares: { share: OpenBatch | null; claim: Origin }[] = routes.map(() => ({ share: null, claim: origin }));

function takeLines(): boolean {
  lane.boundLines(routes, shares, bounds);
  const table = decoder.nextLines(bounds);
  if (table !== null) lane.appendLines(routes, shares, table, decoder.tableBase);
  return table !== null;
}

function takeLine(): boolean {
  const from = decoder.at;
  if (!decoder.next(view)) return false;
  const route = routes[stdChannel(view)];
  const share = lane.admit(route, view);
  if (typeof share === 'string') throw new Error(share);
  shares[stdChannel(view)]!.share = share;
  span.from = from;
  span.bytes = decoder.at - from;
  lane.append(route, view, span);
  return true;
}

lane.start();
const before = process.cpuUsage();
for (;;) {
  const chunk = await log.read(buffer, 0);
  if (chunk.length === 0) break;
  decoder.feed({ ...chunk, bytes: buffer.subarray(0, chunk.length), full: chunk.length === CHUNK }, chunk.birth);
  while (takeLines() || takeLine());
  log.advance(chunk, decoder.consumed);
}
await lane.drain(new AbortController().signal);
const { user, system } = process.cpuUsage(before);
await lane[Symbol.asyncDispose]();
console.log(JSON.stringify({ lines: stored, compressed, cpuSeconds: (user + system) / 1e6, rssMiB: process.memoryUsage.rss() / 1048576 }));
