import { conventionsIn } from './config/kubernetes-schema.ts';
import type { Config } from './config/schema.ts';
import type { AnnotationFaults } from './enrich/annotation-faults.ts';
import { unmappable } from './enrich/mapped-values.ts';
import { unreadable } from './enrich/owner-exclusion.ts';
import type { PodLookup } from './enrich/pod-lookup.ts';
import type { Selection } from './enrich/selection.ts';
import { unusable } from './enrich/service-name.ts';
import { type LabelOptions, streamIdentity } from './enrich/stream-identity.ts';
import { labelOptions } from './label-options.ts';
import type { Counters } from './model/counters.ts';
import type { Pod } from './model/pod.ts';
import { type Channel, STDERR, STDOUT } from './model/record.ts';
import type { Source } from './model/source.ts';
import type { LokiRoute } from './outputs/loki/encode-push.ts';
import type { LokiOutput } from './outputs/loki/loki-output.ts';
import { SourceRoutes } from './pipeline/source-routes.ts';

export interface RoutingParts {
  readonly config: Config;
  /** Absent: names come from the path of a log alone. */
  readonly pods?: PodLookup | undefined;
  /** Absent: every log is collected. */
  readonly selection?: Selection | undefined;
  /** Hears which annotations of pods have no effect. */
  readonly faults?: AnnotationFaults | undefined;
}

/** What finds the routes of a source to one output: of its path alone while its pod is not known, anew once it is. */
export function routeSources(
  output: LokiOutput,
  counters: Counters,
  { config, pods, selection, faults }: RoutingParts,
): (source: Source) => SourceRoutes<LokiRoute> {
  const options = labelOptions(config);
  return (source) => {
    let isPartial = false;
    return new SourceRoutes(() => {
      const pod = pods?.find(source) ?? null;
      if (pod === 'later' || (pod === 'unknown' && isPartial)) return null;
      isPartial = pod === 'unknown';
      if (isPartial) counters.partialMetadataSources += 1;
      const known = pod === 'unknown' ? null : pod;
      if (known !== null) faults?.say(known, useless(known, source, config, options));
      const muted = known === null ? null : (selection?.mutedChannel(source, known) ?? null);
      const routeOf = (channel: Channel): LokiRoute => output.route(streamIdentity(source, pod, channel, options));
      return { pair: [routeOf(STDOUT), routeOf(STDERR)], final: !isPartial, muted };
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
