import type { OutputPart, Surroundings } from './assemble-output.ts';
import { backoffOf } from './build-output.ts';
import type { Config } from '../config/schema.ts';
import { DeadLetters } from '../deliver/dead-letters.ts';
import { Lane, type LaneOptions } from '../deliver/lane.ts';
import { LaneSet } from '../deliver/lane-set.ts';
import { letterFile } from '../deliver/letter-files.ts';
import { SharedBudget } from '../deliver/shared-budget.ts';
import type { Counters } from '../model/counters.ts';
import { laneHeadroom } from '../model/memory-share.ts';
import type { LogSource } from '../model/source.ts';
import type { TenantCounts } from '../model/tenant-counts.ts';
import { observeLane } from './observe-lane.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import type { LokiOutput } from '../outputs/loki/loki-output.ts';
import type { ByteBudget } from '../runtime/byte-budget.ts';
import type { TenantStatus } from '../serve/tenant-metrics.ts';
import { WireBufferPool } from '../runtime/wire-buffer.ts';

type OutputConfig = Config['outputs'][number];

interface LanesParts {
  /** As its own tenant. */
  readonly output: LokiOutput;
  readonly budget: ByteBudget;
  readonly counters: Counters;
  /** All lanes that open sources send to. */
  readonly inUse: () => ReadonlySet<Lane<LokiRoute>>;
}

export interface BuiltLanes {
  readonly lanes: LaneSet<LokiRoute>;
  /** What is shown of each; nothing where there is one alone. */
  readonly tenants: () => readonly TenantStatus[];
}

/** The lanes of one part of an output: what tenants have in common is the connection, the memory and the file of dead letters. */
export function buildLanes(
  { written, name, tenant: own, maxLineBytes, lines, tenancy }: OutputPart<LogSource>,
  { output, budget, counters, inUse }: LanesParts,
  { config, clock, log, progress }: Surroundings,
): BuiltLanes {
  const deadLetters = new DeadLetters(letterFile(config.state_dir, name), config.limits.dead_letter_bytes, clock);
  const options = laneOptions(written, config, maxLineBytes);
  const pool = new WireBufferPool();
  const shared = tenancy.most === 1 ? null : new SharedBudget(budget, { lanes: tenancy.most, sealingBytes: written.batch_bytes });
  const counts = new WeakMap<Lane<LokiRoute>, TenantCounts>();
  const lanes = new LaneSet<LokiRoute>({
    make(tenant) {
      const ofTenant: TenantCounts = { storedEntries: 0, sentBytes: 0, retries: 0 };
      const lane = new Lane({
        output: tenant === own ? output : output.as(tenant),
        budget: shared?.lane() ?? budget,
        clock,
        observer: observeLane({ output: name, tenant, isOwn: tenant === own, counters, counts: ofTenant, deadLetters, log, progress }),
        options: { ...options, ...tenancy.limitOf(tenant) },
        lines: lines ?? undefined,
        pool,
      });
      counts.set(lane, ofTenant);
      return lane;
    },
    own,
    allows: tenancy.allows,
    most: tenancy.most,
    inUse,
    onFallback(tenant, why) {
      counters.tenantFallbacks[why] += 1;
      log.warn(`${name} ${why}`, { output: name, tenant, own }, FALLBACKS[why]);
    },
  });
  const statusOf = ([tenant, lane]: [string | null, Lane<LokiRoute>]): TenantStatus => ({
    tenant: tenant ?? '',
    ...counts.get(lane)!,
    heldBytes: lane.heldBytes,
    queuedBatches: lane.queuedBatches,
    isReachable: lane.state === 'untried' ? null : lane.state === 'reachable',
  });
  return { lanes, tenants: () => (tenancy.most === 1 ? [] : [...lanes.all].map(statusOf)) };
}

const FALLBACKS = {
  not_allowed: 'a tenant is none of tenants.allowed: what it was given to goes as that of the output',
  too_many: 'more tenants than tenants.max_per_node have logs on this node: what is of another one goes as that of the output',
} as const;

function laneOptions(written: OutputConfig, config: Config, lineBytes: number): Omit<LaneOptions, 'laneRateBytes' | 'laneBurstBytes'> {
  const { accepts } = written;
  return {
    batchBytes: written.batch_bytes,
    batchWaitMs: written.batch_wait_seconds * 1000,
    maxInFlight: written.max_in_flight,
    ...backoffOf(written),
    headroomBytes: laneHeadroom(written.batch_bytes, lineBytes),
    confirm: config.delivery.confirm === 'stream' ? 'stream' : 'batch',
    maxAgeSeconds: accepts.max_age_seconds,
    maxFutureSeconds: accepts.max_future_seconds,
    maxLineBytes: accepts.max_line_bytes,
    streamRateBytes: accepts.stream_rate_bytes,
    streamBurstBytes: accepts.stream_burst_bytes,
    clockHoldSeconds: config.containers.clock_hold_seconds,
  };
}
