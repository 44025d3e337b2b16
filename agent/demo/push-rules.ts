import type { PushedEntry } from '../outputs/loki/decode-push.ts';
import { civilSeconds, timeOf } from '../runtime/civil-time.ts';

/** Loki's limits per tenant that a push can run into, with the defaults of pkg/validation/limits.go. */
export interface LokiLimits {
  readonly maxLineBytes: number;
  readonly maxLabels: number;
  readonly maxLabelNameBytes: number;
  readonly maxLabelValueBytes: number;
  readonly maxMetadata: number;
  readonly maxMetadataBytes: number;
  /** reject_old_samples_max_age; null switches reject_old_samples off. */
  readonly maxAgeSeconds: number | null;
  /** creation_grace_period. */
  readonly maxFutureSeconds: number;
  /** Half of the ingester's max_chunk_age: how far behind the newest entry of its stream an entry may be. */
  readonly outOfOrderSeconds: number;
  /** The size at which a stream's head block is cut; entries in it are compared with new ones. */
  readonly headBlockBytes: number;
  /** Body of a request, as sent and after decompression: more is answered with 413. */
  readonly maxBodyBytes: number;
  readonly maxDecodedBytes: number;
  /** ingestion_rate_mb, and the burst above which a push is answered with 429, for ever (the rate over time is not looked at). */
  readonly rateBytes: number;
  readonly burstBytes: number;
  /** per_stream_rate_limit and its burst; null switches it off. */
  readonly streamRateBytes: number | null;
  readonly streamBurstBytes: number;
  /** max_global_streams_per_user. */
  readonly maxStreams: number;
  /** grpc-max-recv-msg-size-bytes of the ingesters: a larger push is answered with 500, for ever. */
  readonly maxIngesterBytes: number;
}

/**
 * As Loki has them, but for two: its 5000 MiB of decompressed size are more than a receiver inside a test or a demo should ever hold, and
 * its 3 MiB/s for a stream are for one that is not sharded, which Loki does to streams of half that rate (shard_streams).
 */
export const LOKI_LIMITS: LokiLimits = {
  maxLineBytes: 262_144,
  maxLabels: 15,
  maxLabelNameBytes: 1024,
  maxLabelValueBytes: 2048,
  maxMetadata: 128,
  maxMetadataBytes: 65_536,
  maxAgeSeconds: 7 * 86_400,
  maxFutureSeconds: 600,
  outOfOrderSeconds: 3600,
  headBlockBytes: 262_144,
  maxBodyBytes: 104_857_600,
  maxDecodedBytes: 104_857_600,
  rateBytes: 4_194_304,
  burstBytes: 6_291_456,
  streamRateBytes: null,
  streamBurstBytes: 15_728_640,
  maxStreams: 5000,
  maxIngesterBytes: 4_194_304,
};

type Pairs = readonly (readonly [name: string, value: string])[];

/**
 * Why a stream is refused for its labels, in the words of Loki 3.7; null when it is not. `pairs` are sorted (pkg/distributor/validator.go
 * ValidateLabels). Without any label a stream is fine: Loki gives it `service_name="unknown_service"` before it looks.
 */
export function labelProblem(name: string, pairs: Pairs, limits: LokiLimits): string | null {
  const counted = pairs.filter(([label]) => label !== 'service_name').length;
  if (counted > limits.maxLabels) return `entry for stream '${name}' has ${counted} label names; limit ${limits.maxLabels}`;
  let previous = '';
  for (const [label, value] of pairs) {
    if (Buffer.byteLength(label) > limits.maxLabelNameBytes) return `stream '${name}' has label name too long: '${label}'`;
    if (Buffer.byteLength(value) > limits.maxLabelValueBytes) return `stream '${name}' has label value too long: '${value}'`;
    if (label === previous) return `stream '${name}' has duplicate label name: '${label}'`;
    previous = label;
  }
  return null;
}

/** Why an entry is refused before it reaches its stream, in Loki's words; null when it is not (validator.go ValidateEntry). */
export function entryProblem(labels: string, entry: PushedEntry, nowMs: number, limits: LokiLimits): string | null {
  return timeProblem(labels, entry, nowMs, limits) ?? sizeProblem(labels, entry, limits);
}

function timeProblem(labels: string, { seconds, nanos }: PushedEntry, nowMs: number, limits: LokiLimits): string | null {
  const ms = seconds * 1000 + nanos / 1e6;
  const oldestMs = limits.maxAgeSeconds === null ? Number.NEGATIVE_INFINITY : nowMs - limits.maxAgeSeconds * 1000;
  const stamp = `${civilSeconds([seconds, 0])}Z`;
  if (ms < oldestMs) {
    const oldest = `${civilSeconds(timeOf(oldestMs))}Z`;
    return `entry for stream '${labels}' has timestamp too old: ${stamp}, oldest acceptable timestamp is: ${oldest}`;
  }
  return ms > nowMs + limits.maxFutureSeconds * 1000 ? `entry for stream '${labels}' has timestamp too new: ${stamp}` : null;
}

function sizeProblem(labels: string, { line, metadata }: PushedEntry, limits: LokiLimits): string | null {
  if (line.length > limits.maxLineBytes)
    return `max entry size '${limits.maxLineBytes}' bytes exceeded for stream '${labels}' while adding an entry with length '${line.length}' bytes`;
  const bytes = metadataBytes(metadata);
  if (bytes > limits.maxMetadataBytes)
    return (
      `stream '${labels}' has structured metadata too large: '${bytes}' bytes, limit: '${limits.maxMetadataBytes}' bytes. ` +
      'Please see `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it'
    );
  if (metadata.length > limits.maxMetadata)
    return (
      `stream '${labels}' has too many structured metadata labels: '${metadata.length}', limit: '${limits.maxMetadata}'. ` +
      'Please see `limits_config.max_structured_metadata_entries_count` or contact your Loki administrator to increase it'
    );
  return null;
}

/** pkg/util/entry_size.go, which leaves out what Loki adds itself. */
function metadataBytes(metadata: Pairs): number {
  const counted = metadata.filter(([name]) => name !== 'detected_level');
  return counted.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}

/** Bytes of entries as all of Loki's rates count them. */
export function entryBytes(entries: readonly PushedEntry[]): number {
  return entries.reduce((sum, { line, metadata }) => sum + line.length + metadataBytes(metadata), 0);
}

/** Why a push as a whole is more than its tenant may send, in Loki's words; null when it is not (distributor.go). */
export function burstProblem(tenant: string, entries: readonly PushedEntry[], limits: LokiLimits): string | null {
  const bytes = entryBytes(entries);
  if (bytes <= limits.burstBytes) return null;
  return (
    `ingestion rate limit exceeded for user ${tenant} (limit: ${limits.rateBytes} bytes/sec) while attempting to ingest ` +
    `'${entries.length}' lines totaling '${bytes}' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased`
  );
}

/** Why an entry is more than its stream may take just now, in Loki's words (validate.go ErrStreamRateLimit). */
export function streamRateProblem(labels: string, entry: PushedEntry, { streamRateBytes }: LokiLimits): string {
  return (
    `Per stream rate limit exceeded (limit: ${byteSize(streamRateBytes ?? 0)}/sec) while attempting to ingest for stream '${labels}' totaling ` +
    `${byteSize(entryBytes([entry]))}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased`
  );
}

const UNITS = [
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['KB', 1024],
] as const;

/** As c2h5oh/datasize prints it: in the largest unit that leaves no fraction. */
function byteSize(bytes: number): string {
  const [unit, size] = UNITS.find(([, size]) => bytes > 0 && bytes % size === 0) ?? ['B', 1];
  return `${bytes / size}${unit}`;
}

/** That a stream would be one too many for its tenant, in Loki's words. */
export function streamLimitProblem(tenant: string, labels: string): string {
  return (
    `maximum active stream limit exceeded when trying to create stream ${labels}, reduce the number of active streams (reduce labels or ` +
    `reduce label values), or contact your Loki administrator to see if the limit can be increased, user: '${tenant}'`
  );
}

/**
 * Why Loki from 3.6 on can't store an entry whose metadata has a name with nothing but underscores left of it once normalised: the whole
 * request fails with 500, however often it is sent (vendored otlptranslator/label_namer.go). Null when all names are fine.
 */
export function poisonProblem({ metadata }: PushedEntry): string | null {
  const poison = metadata.find(([name]) => !/[a-zA-Z0-9]/.test(name));
  if (poison === undefined) return null;
  const [name] = poison;
  return name === '' ? 'label name is empty' : `normalization for label name ${JSON.stringify(name)} resulted in invalid name "_"`;
}

/** Several problems as one message: equal ones counted (pkg/util/errors.go GroupedErrors). */
export function groupProblems(problems: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const problem of problems) counts.set(problem, (counts.get(problem) ?? 0) + 1);
  if (problems.length === 1) return problems.join('');
  return [...counts].map(([problem, count]) => `${count} errors like: ${problem}`).join('; ');
}
