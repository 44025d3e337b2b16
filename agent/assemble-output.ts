import { join } from 'node:path';
import { AckTracker } from './checkpoint/ack-tracker.ts';
import type { Config } from './config/schema.ts';
import { type DecodeOptions, SourceDecoder } from './decode/source-decoder.ts';
import { DeadLetters } from './deliver/dead-letters.ts';
import { Lane, type LaneObserver, type LaneOptions } from './deliver/lane.ts';
import { standardLabels } from './enrich/standard-labels.ts';
import { Counters } from './model/counters.ts';
import { laneHeadroom, shareMemory } from './model/memory-share.ts';
import type { Position } from './model/position.ts';
import { STDERR, STDOUT } from './model/record.ts';
import type { Source } from './model/source.ts';
import type { LokiRoute } from './outputs/loki/encode-push.ts';
import { LokiOutput, type LokiOutputOptions } from './outputs/loki/loki-output.ts';
import { Pipeline, type PipelineOptions } from './pipeline.ts';
import { ByteBudget } from './runtime/byte-budget.ts';
import type { Clock } from './runtime/clock.ts';
import type { ThrottledLogger } from './runtime/logger.ts';
import { Wakeup } from './runtime/wakeup.ts';
import { SourceLog } from './tail/source-log.ts';
import { TailedSource } from './tailed-source.ts';

type OutputConfig = Config['outputs'][number];

/** A record's header, with room for tags to come. */
const HEADER_BYTES = 4096;
const CHUNK_BYTES = 512 * 1024;
/** A log that left the directory and is silent this long has ended: the kubelet removes logs only of containers that are dead. */
const DEPART_MS = 5000;

/** One output with all that is on the way to it. */
export interface AssembledOutput {
  readonly name: string;
  readonly output: LokiOutput;
  readonly lane: Lane<LokiRoute>;
  readonly pipeline: Pipeline<LokiRoute>;
  readonly budget: ByteBudget;
  readonly counters: Counters;
}

export interface Surroundings {
  readonly config: Config;
  /** Real paths. */
  readonly allowedRoots: readonly string[];
  readonly version: string;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
  /** Rings when positions have moved. */
  readonly progress: Wakeup;
}

/** Builds one output's lane and pipeline; every output reads the files on its own, so that one that is down never delays another. */
export function assembleOutput(
  written: OutputConfig,
  positions: Readonly<Record<string, Position>>,
  surroundings: Surroundings,
): AssembledOutput {
  const { config, clock, log, version } = surroundings;
  const counters = new Counters();
  const memory = shareMemory(config.limits.memory_bytes, config.outputs.length);
  const budget = new ByteBudget(memory.batchBytes, new Wakeup());
  const partBudget = new ByteBudget(memory.partBytes, new Wakeup());
  const output = new LokiOutput(outputOptions(written, version, counters), clock);
  const observer = observerOf(written.name, counters, surroundings);
  const lane = new Lane({ output, budget, clock, observer, options: laneOptions(written, config) });
  const decode: DecodeOptions = {
    maxLineBytes: config.containers.max_line_bytes,
    partWaitSeconds: config.containers.part_idle_seconds,
    partBudget,
  };
  const open = (source: Source, position: Position | null): TailedSource<LokiRoute> | string => {
    const { allowedRoots } = surroundings;
    const rotateGraceMs = config.containers.rotate_grace_seconds * 1000;
    const sourceLog = new SourceLog(source.path, { allowedRoots, rotateGraceMs }, counters);
    const resume = sourceLog.open(position, clock.monotonic());
    if (typeof resume === 'string') return resume;
    const routes = [output.route(labels(source, STDOUT, config)), output.route(labels(source, STDERR, config))] as const;
    const decoder = new SourceDecoder(decode, resume);
    return new TailedSource({ source, log: sourceLog, decoder, acks: new AckTracker(), routes, lane, counters });
  };
  const pipeline = new Pipeline({ open, lane, budget, clock, log, counters, options: pipelineOptions(config) }, positions);
  return { name: written.name, output, lane, pipeline, budget, counters };
}

function labels(source: Source, channel: 0 | 1, config: Config): ReturnType<typeof standardLabels> {
  const { cluster = null, node_name: nodeName } = config;
  return standardLabels(source, channel, { cluster, nodeName, staticLabels: config.labels.static, metadata: config.labels.metadata });
}

function outputOptions(written: OutputConfig, version: string, counters: Counters): LokiOutputOptions {
  const { tls, basic_auth: basicAuth } = written;
  return {
    name: written.name,
    url: written.url,
    timeoutMs: written.timeout_seconds * 1000,
    connections: written.max_in_flight,
    tls: {
      caFile: tls.ca_file ?? null,
      certFile: tls.cert_file ?? null,
      keyFile: tls.key_file ?? null,
      insecureSkipVerify: tls.insecure_skip_verify,
    },
    tenant: written.tenant ?? null,
    format: written.format,
    compression: written.compression,
    headers: written.headers,
    basicAuth: basicAuth === undefined ? null : { username: basicAuth.username, passwordFile: basicAuth.password_file },
    bearerTokenFile: written.bearer_token_file ?? null,
    userAgent: `logferry/${version}`,
    onRequest: (outcome) => counters.countRequest(outcome),
  };
}

function laneOptions(written: OutputConfig, config: Config): LaneOptions {
  return {
    batchBytes: written.batch_bytes,
    batchWaitMs: written.batch_wait_seconds * 1000,
    maxInFlight: written.max_in_flight,
    backoffMinMs: written.backoff.min_seconds * 1000,
    backoffMaxMs: written.backoff.max_seconds * 1000,
    headroomBytes: laneHeadroom(written.batch_bytes, config.containers.max_line_bytes),
  };
}

function pipelineOptions({ containers }: Config): PipelineOptions {
  return {
    pollMinMs: containers.poll_min_seconds * 1000,
    pollMaxMs: containers.poll_max_seconds * 1000,
    partIdleMs: containers.part_idle_seconds * 1000,
    departMs: DEPART_MS,
    chunkBytes: Math.max(CHUNK_BYTES, containers.max_line_bytes) + HEADER_BYTES,
  };
}

/** Counts what becomes of entries and says what an operator should know. */
function observerOf(output: string, counters: Counters, { config, log, progress }: Surroundings): LaneObserver {
  const deadLetterPath = join(config.state_dir, `dead-letters.${output}.jsonl`);
  const deadLetters = new DeadLetters(deadLetterPath);
  return {
    stored(entries, bytes) {
      counters.storedEntries += entries;
      counters.sentBytes += bytes;
    },
    settled: () => progress.ring(),
    retrying(reason, detail, delayMs) {
      counters.retries += 1;
      log.warn(
        output,
        { output, reason, detail, delayMs: Math.round(delayMs) },
        'a push failed and will be repeated; nothing is lost while the files last',
      );
    },
    misconfigured(reason, detail) {
      counters.retries += 1;
      log.warn(
        output,
        { output, reason, detail },
        'the store refuses this agent; check url, tenant and credentials of the output; data is held',
      );
    },
    async refused(reason, detail, entries) {
      counters.droppedEntries[`refused_${reason}`] += entries.length;
      const kept = await deadLetters.add(reason, detail, entries).catch((error: Error) => error.message);
      log.warn(
        output,
        { output, reason, detail, entries: entries.length, kept, file: deadLetterPath },
        'the store refused entries; they are in the dead-letter file if kept is true',
      );
    },
  };
}
