import { conventionsIn } from './config/kubernetes-schema.ts';
import type { Config } from './config/schema.ts';
import type { AnnotationFaults } from './enrich/annotation-faults.ts';
import { unmappable } from './enrich/mapped-values.ts';
import { unreadable } from './enrich/owner-exclusion.ts';
import type { PodLookup } from './enrich/pod-lookup.ts';
import type { Selection } from './enrich/selection.ts';
import { unusable } from './enrich/service-name.ts';
import { podFacts, podOfFacts } from './enrich/pod-facts.ts';
import { type LabelOptions, type PodOfSource, streamIdentity } from './enrich/stream-identity.ts';
import { labelOptions, labelsFingerprint } from './label-options.ts';
import type { Attribution } from './model/attribution.ts';
import type { Counters } from './model/counters.ts';
import type { Pod } from './model/pod.ts';
import { type Channel, STDERR, STDOUT } from './model/record.ts';
import type { Source } from './model/source.ts';
import type { LokiRoute } from './outputs/loki/encode-push.ts';
import type { LokiOutput } from './outputs/loki/loki-output.ts';
import { type FoundRoutes, SourceRoutes } from './pipeline/source-routes.ts';

export interface RoutingParts {
  readonly config: Config;
  /** Absent: names come from the path of a log alone. */
  readonly pods?: PodLookup | undefined;
  /** Absent: every log is collected. */
  readonly selection?: Selection | undefined;
  /** Hears which annotations of pods have no effect. */
  readonly faults?: AnnotationFaults | undefined;
}

/**
 * What finds the routes of a source to one output: of its path alone while its pod is not known, anew once it is. A log that was begun
 * before keeps its attribution, whatever its pod has become.
 */
export function routeSources(
  output: LokiOutput,
  counters: Counters,
  { config, pods, selection, faults }: RoutingParts,
): (source: Source, begun?: Attribution) => SourceRoutes<LokiRoute> {
  const options = labelOptions(config);
  const fingerprint = labelsFingerprint(config);
  const pairOf = (source: Source, pod: PodOfSource): readonly [LokiRoute, LokiRoute] => {
    const routeOf = (channel: Channel): LokiRoute => output.route(streamIdentity(source, pod, channel, options));
    return [routeOf(STDOUT), routeOf(STDERR)];
  };
  const attributed = (source: Source, attribution: Attribution): FoundRoutes<LokiRoute> => {
    const { pod, muted } = attribution;
    return { pair: pairOf(source, podOfFacts(source, pod)), final: true, muted, attribution };
  };
  const attribute = (source: Source, pod: Pod): FoundRoutes<LokiRoute> => {
    faults?.say(pod, useless(pod, source, config, options));
    const muted = selection?.mutedChannel(source, pod) ?? null;
    return attributed(source, { options: fingerprint, pod: podFacts(pod, options), muted });
  };
  return (source, begun) => {
    if (begun?.options === fingerprint) return new SourceRoutes(() => attributed(source, begun));
    let isPartial = false;
    return new SourceRoutes(() => {
      const pod = pods?.find(source) ?? null;
      if (pod === 'later' || (pod === 'unknown' && isPartial)) return null;
      if (pod === null) return { pair: pairOf(source, null), final: true };
      if (pod !== 'unknown') return attribute(source, pod);
      isPartial = true;
      counters.partialMetadataSources += 1;
      return { pair: pairOf(source, 'unknown'), final: false };
    });
  };
}

/** Annotations of a pod that were meant for us and have no effect. */
function useless(pod: Pod, { container }: Source, { kubernetes }: Config, options: LabelOptions): string[] {
  const { serviceNames, mappedLabels, mappedMetadata } = options;
  const names = [
    ...unreadable(pod, container, conventionsIn(kubernetes)),
    ...unusable(pod, serviceNames),
    ...unmappable(pod, mappedLabels),
    ...unmappable(pod, mappedMetadata),
  ];
  return [...new Set(names)];
}
