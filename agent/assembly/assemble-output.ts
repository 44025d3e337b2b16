import { AckTracker } from '../checkpoint/ack-tracker.ts';
import type { AuditCounts } from '../audit/audit-counts.ts';
import { type BuiltLanes, buildLanes } from './build-lanes.ts';
import { backoffOf, buildOutput, outputOptions } from './build-output.ts';
import type { Config } from '../config/schema.ts';
import type { LaneSet } from '../deliver/lane-set.ts';
import { GapReporter } from '../pipeline/gap-reporter.ts';
import { LedgerTotals } from '../ledger/ledger-totals.ts';
import type { Retention } from '../ledger/retention.ts';
import { SourceLedger } from '../ledger/source-ledger.ts';
import { Counters } from '../model/counters.ts';
import { loss } from '../model/gap.ts';
import type { MemoryShare } from '../model/memory-share.ts';
import { newestTime, type Position, unsettledBytes } from '../model/position.ts';
import type { LogSource, Source } from '../model/source.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import type { LokiClient, LokiOutput } from '../outputs/loki/loki-output.ts';
import type { LimitUse } from '../pipeline/limit-use.ts';
import { Pipeline, type PipelineOptions } from '../pipeline/pipeline.ts';
import { Backoff } from '../runtime/backoff.ts';
import { ByteBudget } from '../runtime/byte-budget.ts';
import type { LineMemory } from '../runtime/line-memory.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { FileSystem } from '../runtime/file-system.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { Descriptors } from '../tail/descriptors.ts';
import type { Begin } from '../tail/resume-chain.ts';
import { missingMount } from '../tail/missing-mount.ts';
import { SourceLog } from '../tail/source-log.ts';
import { TailedSource } from '../pipeline/tailed-source.ts';
import type { RoutingParts } from '../handling/route-sources.ts';
import type { SourceKind } from './source-kind.ts';
import type { Takeover } from './takeover.ts';
import type { Tenancy } from './tenancy.ts';
import { TenantCheck } from './tenant-check.ts';

type OutputConfig = Config['outputs'][number];

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
  readonly lanes: LaneSet<LokiRoute>;
  readonly tenants: BuiltLanes['tenants'];
  /** Null: nothing depends on who else is in its tenant. */
  readonly tenantCheck: TenantCheck | null;
  readonly pipeline: Omit<Pipeline<LokiRoute>, 'update'>;
  /** Takes the list of container logs on disk. */
  readonly update: (found: readonly Source[]) => void;
  readonly secondsUntilLoss: () => number;
  readonly budget: ByteBudget;
  readonly counters: Counters;
  readonly totals: LedgerTotals;
  /** Null: it takes no audit events. */
  readonly auditCounts: AuditCounts | null;
  /** What rules of rates have done to its logs, by namespace. */
  readonly limitUses: ReadonlyMap<string, LimitUse>;
  /** Lets sources be chosen and handled as another configuration says, each from its next line on. */
  readonly rehandle: (surroundings: RoutingParts) => void;
  /** Lets requests, repeated ones too, go where the output is said to be now. */
  readonly redirect: (written: OutputConfig) => void;
  /** Gives it another share of what all outputs have together, since there are more of them, or fewer, or there is more of it. */
  readonly share: (memory: MemoryShare, config: Config) => void;
}

/** What an output has counted, for one that takes its place. */
export type Counted = Pick<AssembledOutput, 'counters' | 'totals'>;

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
  /** Where a path leads; the path itself where that cannot be said. */
  readonly realPath: (path: string) => string;
  /** In place of the network. */
  readonly client?: LokiClient | undefined;
  /** The agent runs on this node for the first time. */
  readonly isFirstRun: boolean;
}

/** What of an output is assembled: all of it that takes sources of one kind. */
export interface OutputPart<S extends LogSource> {
  readonly written: OutputConfig;
  /** Of this part in metrics, checkpoints and dead letters. */
  readonly name: string;
  readonly tenant: string | null;
  /** The store has to keep the tenant apart from others. */
  readonly isTenantApart: boolean;
  readonly memory: MemoryShare;
  readonly maxLineBytes: number;
  readonly tenancy: Tenancy;
  /** Where tables of lines stand; null: entries come one by one. */
  readonly lines: LineMemory | null;
  readonly kind: (parts: KindParts) => SourceKind<S>;
}

/** What sources of a kind are built for. */
export interface KindParts {
  /** Of the part of the output. */
  readonly name: string;
  readonly lanes: LaneSet<LokiRoute>;
  readonly lines: LineMemory | null;
  readonly counters: Counters;
  /** What unfinished lines of all sources may hold. */
  readonly partBudget: ByteBudget;
  readonly surroundings: Surroundings;
}

/** Builds lanes and a pipeline; every output reads the files on its own, so that one that is down never delays another. */
export function assembleOutput<S extends LogSource>(
  part: OutputPart<S>,
  positions: Readonly<Record<string, Position>>,
  surroundings: Surroundings,
  { counters, totals }: Counted = { counters: new Counters(), totals: new LedgerTotals() },
): AssembledOutput {
  const { config, clock, log, version, isFirstRun, client } = surroundings;
  const { written, name, tenant, memory } = part;
  const budget = new ByteBudget(memory.batchBytes, new Wakeup());
  const partBudget = new ByteBudget(memory.partBytes, new Wakeup());
  const requests = { version, tenants: part.tenancy.most, onRequest: (outcome: string): void => counters.countRequest(outcome) };
  const output = buildOutput({ ...written, name }, tenant, { ...requests, clock, client });
  const { lanes, tenants } = buildLanes(part, { output, budget, counters, inUse: () => pipeline.lanes }, surroundings);
  const kind = part.kind({ name, lanes, lines: part.lines, counters, partBudget, surroundings });
  const parts = { kind, lanes, counters, totals };
  const pipeline: Pipeline<LokiRoute, S> = new Pipeline<LokiRoute, S>(
    {
      open: sourceOpener(parts, surroundings),
      reportGone: goneReporter(parts, clock),
      excludes: (source) => kind.excludes(source),
      routesOf: (source, begun) => kind.routesOf(source, begun),
      budget,
      clock,
      log,
      counters,
      retained: () => kind.retained,
      chunk: kind.chunk,
      options: pipelineOptions(written, config),
      isFirstRun,
    },
    positions,
  );
  const update = (found: readonly Source[]): void => pipeline.update(kind.sourcesIn(found));
  const secondsUntilLoss = (): number => pipeline.secondsUntilLoss(kind.retained);
  const { auditCounts = null, limitUses = new Map() } = kind;
  const tenantCheck = part.isTenantApart ? tenantCheckOf(part, output, surroundings) : null;
  return {
    name,
    required: written.required,
    output,
    lanes,
    tenants,
    tenantCheck,
    pipeline,
    update,
    secondsUntilLoss,
    budget,
    counters,
    totals,
    auditCounts,
    limitUses,
    rehandle(next) {
      const change = kind.rehandle?.(next);
      if (change !== undefined) pipeline.rehandle(change.isSameStages);
    },
    share(next, { limits, outputs }) {
      budget.limitBytes = next.batchBytes;
      partBudget.limitBytes = next.partBytes;
      pipeline.mostDeletedBytes = deletedShare(written, { limits, outputs });
    },
    redirect: (next) => output.redirect(outputOptions({ ...next, name }, tenant, requests)),
  };
}

/** With the patience of the lane. */
function tenantCheckOf(
  { name, tenant, written }: Pick<OutputPart<LogSource>, 'name' | 'tenant' | 'written'>,
  output: LokiOutput,
  { clock, log }: Surroundings,
): TenantCheck {
  const { backoffMinMs, backoffMaxMs } = backoffOf(written);
  const backoff = new Backoff(clock, backoffMinMs, backoffMaxMs);
  return new TenantCheck({ output: name, tenant, ask: (signal) => output.tenants(signal), backoff, clock, log });
}

interface SourceParts<S extends LogSource> {
  readonly kind: SourceKind<S>;
  readonly lanes: LaneSet<LokiRoute>;
  readonly counters: Counters;
  readonly totals: LedgerTotals;
}

/** Says what a position has not settled, of a source whose files are gone. */
function goneReporter<S extends LogSource>(
  { kind, lanes, totals }: SourceParts<S>,
  clock: Clock,
): (id: string, position: Position) => GapReporter<LokiRoute> | 'later' | null {
  return (id, position) => {
    const source = kind.sourceOf(id);
    const bytes = unsettledBytes(position);
    if (source === null || kind.excludes(source) || (bytes === 0 && position.gaps.length === 0)) return null;
    const routes = kind.routesOf(source, position.attribution);
    if (!routes.find() || routes.byChannel.some((route) => lanes.laneOf(route).full)) return 'later';
    const reporter = new GapReporter(lanes, routes, clock);
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
}

/** Why there is nothing under the path of a source. */
function absenceOf({ path }: LogSource, log: ThrottledLogger): 'missing' | 'unmounted' {
  const mount = missingMount(path);
  if (mount === null) return 'missing';
  log.warn(mount, { path, mount }, 'logs are links into a directory that is not there: mount it into the agent under the same path');
  return 'unmounted';
}

/** Opens a source for one output, or says why that cannot be done. */
function sourceOpener<S extends LogSource>(
  { kind, lanes, counters, totals }: SourceParts<S>,
  { config, clock, log: agentLog }: Surroundings,
): (source: S, position: Position | null, isFirst: boolean) => TailedSource<LokiRoute, S> | string {
  return (source, position, isFirst) => {
    const nowMs = clock.monotonic();
    const ledger = new SourceLedger(totals);
    const log = new SourceLog(source.path, kind.logOptions(source), ledger);
    const begin: Begin = position === null ? { kind: 'new', ...kind.begin(source, isFirst) } : { kind: 'position', position };
    const resume = log.open(begin, nowMs);
    if (typeof resume === 'string') return resume === 'missing' ? absenceOf(source, agentLog) : resume;
    const { decoder, routes, limits } = kind.follow(source, resume, position?.attribution);
    routes.resumeAt(resume);
    const gaps = new GapReporter(lanes, routes, clock);
    if (position !== null) gaps.add(position.gaps, decoder.newest.time);
    return new TailedSource({
      source,
      log,
      decoder,
      acks: new AckTracker(),
      routes,
      limits,
      lanes,
      ledger,
      gaps,
      counters,
      clockHoldSeconds: config.containers.clock_hold_seconds,
      nowMs,
    });
  };
}

/** Who has batches sent sooner than files are looked at wants lines soon: then no look waits longer than a batch, within reason. */
function pipelineOptions(written: OutputConfig, config: Config): PipelineOptions {
  const { accepts, batch_wait_seconds: batchWaitSeconds } = written;
  const { containers } = config;
  return {
    pollMinMs: Math.min(containers.poll_min_seconds, Math.max(batchWaitSeconds, HASTIEST_POLL_SECONDS)) * 1000,
    pollMaxMs: containers.poll_max_seconds * 1000,
    partIdleMs: containers.part_idle_seconds * 1000,
    departMs: DEPART_MS,
    windowSeconds: accepts.out_of_order_seconds === 0 ? Number.POSITIVE_INFINITY : accepts.out_of_order_seconds * WINDOW_SHARE,
    deletedBytes: deletedShare(written, config),
  };
}

/** For an output that is not required no deleted file is held. */
function deletedShare({ required }: OutputConfig, { limits, outputs }: Pick<Config, 'limits' | 'outputs'>): number {
  const sharers = outputs.filter((output) => output.required).length;
  return required ? limits.deleted_bytes / sharers : 0;
}
