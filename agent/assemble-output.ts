import { dirname, join } from 'node:path';
import { AckTracker } from './checkpoint/ack-tracker.ts';
import { buildOutput } from './build-output.ts';
import { stagesBuilder } from './build-stages.ts';
import type { Config } from './config/schema.ts';
import { LineScanner } from './decode/line-scanner.ts';
import { recordTime } from './decode/record-time.ts';
import { type DecodeOptions, SourceDecoder } from './decode/source-decoder.ts';
import { DeadLetters } from './deliver/dead-letters.ts';
import { Lane, type LaneOptions } from './deliver/lane.ts';
import { letterFile } from './deliver/letter-files.ts';
import { sourceOfId } from './discover/log-path.ts';
import { GapReporter } from './pipeline/gap-reporter.ts';
import { LedgerTotals } from './ledger/ledger-totals.ts';
import type { Retention } from './ledger/retention.ts';
import { SourceLedger } from './ledger/source-ledger.ts';
import { Counters } from './model/counters.ts';
import { loss } from './model/gap.ts';
import { laneHeadroom, shareMemory } from './model/memory-share.ts';
import { newestTime, type Position, unsettledBytes } from './model/position.ts';
import type { Source } from './model/source.ts';
import { observeLane } from './observe-lane.ts';
import type { LokiRoute } from './outputs/loki/encode-push.ts';
import type { LokiClient, LokiOutput } from './outputs/loki/loki-output.ts';
import { Pipeline, type PipelineOptions } from './pipeline/pipeline.ts';
import { ByteBudget } from './runtime/byte-budget.ts';
import type { Clock } from './runtime/clock.ts';
import type { ThrottledLogger } from './runtime/logger.ts';
import type { FileSystem } from './runtime/file-system.ts';
import { LineMemory } from './runtime/line-memory.ts';
import { Wakeup } from './runtime/wakeup.ts';
import type { Descriptors } from './tail/descriptors.ts';
import { kubeletFiles } from './tail/kubelet-files.ts';
import type { Begin } from './tail/resume-chain.ts';
import { SourceLog } from './tail/source-log.ts';
import { TailedSource } from './pipeline/tailed-source.ts';
import { type RoutingParts, routeSources } from './route-sources.ts';
import type { Takeover } from './takeover.ts';

type OutputConfig = Config['outputs'][number];

/** A record's header, with room for tags to come. */
const HEADER_BYTES = 4096;
const CHUNK_BYTES = 512 * 1024;
/** A log that left the directory and is silent this long has ended: the kubelet removes logs only of containers that are dead. */
const DEPART_MS = 5000;
/** How often files are looked at, at most, because batches leave soon: each look has its price. */
const HASTIEST_POLL_SECONDS = 0.1;
/** How much of a store's out-of-order window sources that share a stream may use. */
const WINDOW_SHARE = 0.8;

/** One output with all that is on the way to it. */
export interface AssembledOutput {
  readonly name: string;
  readonly required: boolean;
  readonly output: LokiOutput;
  readonly lane: Lane<LokiRoute>;
  readonly pipeline: Pipeline<LokiRoute>;
  readonly budget: ByteBudget;
  readonly counters: Counters;
  readonly totals: LedgerTotals;
}

export interface Surroundings extends RoutingParts {
  /** Real paths. */
  readonly allowedRoots: readonly string[];
  /** Where the logs of all pods are, a real path. */
  readonly podsDir: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
  /** Rings when positions have moved. */
  readonly progress: Wakeup;
  readonly descriptors: Descriptors;
  readonly retention: Retention;
  readonly takeover: Takeover;
  readonly fs: FileSystem;
  /** In place of the network. */
  readonly client?: LokiClient | undefined;
  /** The agent runs on this node for the first time. */
  readonly isFirstRun: boolean;
}

/** Builds one output's lane and pipeline; every output reads the files on its own, so that one that is down never delays another. */
export function assembleOutput(
  written: OutputConfig,
  positions: Readonly<Record<string, Position>>,
  surroundings: Surroundings,
): AssembledOutput {
  const { config, clock, log, version, progress, isFirstRun, client } = surroundings;
  const { name, required } = written;
  const counters = new Counters();
  const totals = new LedgerTotals();
  const memory = shareMemory(config.limits.memory_bytes, config.outputs.length);
  const budget = new ByteBudget(memory.batchBytes, new Wakeup());
  const partBudget = new ByteBudget(memory.partBytes, new Wakeup());
  const output = buildOutput(written, { version, clock, onRequest: (outcome) => counters.countRequest(outcome), client });
  const lines = new LineMemory(Math.max(CHUNK_BYTES, config.containers.max_line_bytes) + HEADER_BYTES);
  const deadLetters = new DeadLetters(letterFile(config.state_dir, name), config.limits.dead_letter_bytes, clock);
  const observer = observeLane({ output: name, counters, deadLetters, log, progress });
  const lane = new Lane({ output, budget, clock, observer, options: laneOptions(written, config), lines });
  const routesOf = routeSources(output, counters, surroundings);
  const excludes = (source: Source): boolean => (surroundings.selection?.exclusionOf(source) ?? null) !== null;
  const openSource = sourceOpener({ lane, counters, totals, partBudget, routesOf, scanner: new LineScanner(lines) }, surroundings);
  const reportGone = (id: string, position: Position): GapReporter<LokiRoute> | 'later' | null => {
    const source = sourceOfId(id);
    const bytes = unsettledBytes(position);
    if (source === null || excludes(source) || (bytes === 0 && position.gaps.length === 0)) return null;
    const routes = routesOf(source, position.attribution);
    if (lane.full || !routes.find()) return 'later';
    const reporter = new GapReporter(lane, routes, clock);
    const newest = newestTime(position);
    reporter.add(position.gaps, newest.time);
    if (bytes > 0) {
      const ledger = new SourceLedger(totals);
      const gap = loss('deleted_unread', bytes);
      ledger.saw(bytes);
      ledger.lost(gap);
      reporter.add([gap], newest.time);
    }
    reporter.report(newest, null);
    return reporter;
  };
  const options = pipelineOptions(written, config);
  const pipeline = new Pipeline(
    { open: openSource, reportGone, excludes, lane, budget, clock, log, counters, chunk: lines.chunk, options, isFirstRun },
    positions,
  );
  return { name, required, output, lane, pipeline, budget, counters, totals };
}

interface SourceParts {
  readonly lane: Lane<LokiRoute>;
  readonly counters: Counters;
  readonly totals: LedgerTotals;
  readonly partBudget: ByteBudget;
  readonly routesOf: ReturnType<typeof routeSources>;
  readonly scanner: LineScanner;
}

/** Opens a source for one output, or says why that cannot be done. */
function sourceOpener(
  { lane, counters, totals, partBudget, routesOf, scanner }: SourceParts,
  { config, allowedRoots, podsDir, clock, descriptors, retention, takeover, fs }: Surroundings,
): (source: Source, position: Position | null, isFirst: boolean) => TailedSource<LokiRoute> | string {
  const { max_line_bytes: maxLineBytes, part_idle_seconds: partWaitSeconds, clock_hold_seconds: clockHoldSeconds } = config.containers;
  const buildStages = stagesBuilder(config, counters);
  const decode: DecodeOptions = { maxLineBytes, partWaitSeconds, partBudget };
  const rotateGraceMs = config.containers.rotate_grace_seconds * 1000;
  const logOptions = { roots: allowedRoots, descriptors, fs, rotatedFiles: kubeletFiles, timeOf: recordTime, rotateGraceMs, retention };
  const beginOf = (source: Source, position: Position | null, isFirst: boolean): Begin => {
    if (position !== null) return { kind: 'position', position };
    const start = isFirst ? config.containers.start : 'oldest';
    return { kind: 'new', placeIn: (files) => takeover.placeIn(source, files), start };
  };
  return (source, position, isFirst) => {
    const nowMs = clock.monotonic();
    const ledger = new SourceLedger(totals);
    const home = { pods: podsDir, own: join(podsDir, dirname(source.id)) };
    const log = new SourceLog(source.path, { ...logOptions, home }, ledger);
    const resume = log.open(beginOf(source, position, isFirst), nowMs);
    if (typeof resume === 'string') return resume;
    const routes = routesOf(source, position?.attribution);
    const decoder = new SourceDecoder(decode, resume, scanner);
    const gaps = new GapReporter(lane, routes, clock);
    const stages = buildStages();
    if (position !== null) gaps.add(position.gaps, decoder.newest.time);
    return new TailedSource({
      source,
      log,
      decoder,
      stages,
      acks: new AckTracker(),
      routes,
      lane,
      ledger,
      gaps,
      counters,
      clockHoldSeconds,
      nowMs,
    });
  };
}

function laneOptions(written: OutputConfig, config: Config): LaneOptions {
  const { accepts } = written;
  return {
    batchBytes: written.batch_bytes,
    batchWaitMs: written.batch_wait_seconds * 1000,
    maxInFlight: written.max_in_flight,
    backoffMinMs: written.backoff.min_seconds * 1000,
    backoffMaxMs: written.backoff.max_seconds * 1000,
    headroomBytes: laneHeadroom(written.batch_bytes, config.containers.max_line_bytes),
    confirm: config.delivery.confirm === 'stream' ? 'stream' : 'batch',
    maxAgeSeconds: accepts.max_age_seconds,
    maxFutureSeconds: accepts.max_future_seconds,
    maxLineBytes: accepts.max_line_bytes,
    streamRateBytes: accepts.stream_rate_bytes,
    streamBurstBytes: accepts.stream_burst_bytes,
    clockHoldSeconds: config.containers.clock_hold_seconds,
  };
}

/**
 * For an output that is not required no deleted file is held. Who has batches sent sooner than files are looked at wants lines soon: then no
 * look waits longer than a batch, within reason.
 */
function pipelineOptions(written: OutputConfig, { containers, limits, outputs }: Config): PipelineOptions {
  const { required, accepts, batch_wait_seconds: batchWaitSeconds } = written;
  const sharers = outputs.filter((output) => output.required).length;
  return {
    pollMinMs: Math.min(containers.poll_min_seconds, Math.max(batchWaitSeconds, HASTIEST_POLL_SECONDS)) * 1000,
    pollMaxMs: containers.poll_max_seconds * 1000,
    partIdleMs: containers.part_idle_seconds * 1000,
    departMs: DEPART_MS,
    windowSeconds: accepts.out_of_order_seconds === 0 ? Number.POSITIVE_INFINITY : accepts.out_of_order_seconds * WINDOW_SHARE,
    deletedBytes: required ? limits.deleted_bytes / sharers : 0,
  };
}
