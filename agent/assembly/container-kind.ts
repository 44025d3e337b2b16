import assert from 'node:assert';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { KindParts } from './assemble-output.ts';
import type { Config } from '../config/schema.ts';
import { LineScanner } from '../decode/line-scanner.ts';
import { RecordJoiner } from '../decode/record-joiner.ts';
import { recordTime } from '../decode/record-time.ts';
import { type DecodeOptions, SourceDecoder } from '../decode/source-decoder.ts';
import { SpareBuffers } from '../decode/spare-buffers.ts';
import { sourceOfId } from '../discover/log-path.ts';
import type { FoundPod } from '../enrich/pod-lookup.ts';
import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import { RateRules } from './rate-rules.ts';
import { routeSources } from '../handling/route-sources.ts';
import { LineMemory } from '../runtime/line-memory.ts';
import { Routing } from '../handling/routing.ts';
import type { SourceKind } from './source-kind.ts';
import { kubeletFiles } from '../tail/kubelet-files.ts';

/** A record's header, with room for tags to come. */
const HEADER_BYTES = 4096;
const CHUNK_BYTES = 512 * 1024;

/** What chunks of container logs are read into, and tables of their lines made. */
export function lineMemory({ containers }: Config): LineMemory {
  return new LineMemory(Math.max(CHUNK_BYTES, containers.max_line_bytes) + HEADER_BYTES);
}

/** The logs of containers. */
export function containerKind({ name, lanes, lines, counters, partBudget, surroundings }: KindParts): SourceKind<Source> {
  const { config, allowedRoots: roots, podsDir, descriptors, retention, takeover, fs, pods, clock } = surroundings;
  const { max_line_bytes: maxLineBytes, part_idle_seconds: partWaitSeconds, rotate_grace_seconds: graceSeconds } = config.containers;
  assert(lines !== null, 'lines of containers stand in tables');
  const scanner = new LineScanner(lines);
  let { selection } = surroundings;
  let { stages } = config;
  let routing = new Routing(config.routes);
  let routesOf = routeSources({ name, streams: lanes, routing }, counters, surroundings);
  const podOf = pods === undefined ? null : (source: Source): FoundPod => pods.find(source);
  const rates = new RateRules({ rules: config.limits.rules, podOf, clock });
  const decode: DecodeOptions = { maxLineBytes, partWaitSeconds, partBudget, spares: new SpareBuffers() };
  const logOptions = {
    roots,
    descriptors,
    fs,
    rotatedFiles: kubeletFiles,
    timeOf: recordTime,
    rotateGraceMs: graceSeconds * 1000,
    retention,
  };
  return {
    chunk: lines.chunk,
    limitUses: rates.uses,
    sourcesIn: (found) => found,
    sourceOf: sourceOfId,
    excludes: (source) => (selection?.exclusionOf(source) ?? null) !== null || routing.isKeptFrom(name, source, knownPod(podOf, source)),
    logOptions: ({ id }) => ({ ...logOptions, home: { pods: podsDir, own: join(podsDir, dirname(id)) } }),
    get retained() {
      return retention.limits;
    },
    begin: (source, isFirst) => ({
      placeIn: (files) => takeover.placeIn(source, files),
      start: isFirst ? config.containers.start : 'oldest',
    }),
    routesOf: (source, begun) => routesOf(source, begun),
    follow: (source, resume, begun) => ({
      decoder: new RecordJoiner(new SourceDecoder(decode, resume, scanner), decode),
      routes: routesOf(source, begun),
      limits: rates.follow(source),
    }),
    rehandle(next) {
      const isSameStages = isDeepStrictEqual(next.config.stages, stages);
      ({ stages } = next.config);
      ({ selection } = next);
      routing = new Routing(next.config.routes);
      routesOf = routeSources({ name, streams: lanes, routing }, counters, next);
      return { isSameStages };
    },
  };
}

/** Null as long as it is not known. */
function knownPod(podOf: ((source: Source) => FoundPod) | null, source: Source): Pod | null {
  const found = podOf?.(source) ?? null;
  return typeof found === 'string' ? null : found;
}
