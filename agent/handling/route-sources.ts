import { conventionsIn } from '../model/exclusion.ts';
import type { Config } from '../config/schema.ts';
import type { AnnotationFaults } from '../enrich/annotation-faults.ts';
import type { LabelBudget } from '../enrich/label-budget.ts';
import { unmappable } from '../enrich/mapped-values.ts';
import { unreadable } from '../enrich/owner-exclusion.ts';
import type { PodLookup } from '../enrich/pod-lookup.ts';
import type { Selection } from '../enrich/selection.ts';
import { unusable } from '../enrich/service-name.ts';
import { podFacts, podOfFacts } from '../enrich/pod-facts.ts';
import { type LabelOptions, manyValued, type PodOfSource, streamIdentity } from '../enrich/stream-identity.ts';
import { labelOptions, labelsFingerprint } from './label-options.ts';
import type { CompileJmesPath } from './load-jmespath.ts';
import type { Attribution } from '../model/attribution.ts';
import type { Counters } from '../model/counters.ts';
import type { Pod } from '../model/pod.ts';
import { STDOUT } from '../model/record.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Source } from '../model/source.ts';
import type { WrapStage } from './build-stages.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import { ownersWord } from './owners-word.ts';
import type { Routing } from './routing.ts';
import { handlingBuilder } from './source-handling.ts';
import type { TenantStreams } from './tenant-streams.ts';
import { type FoundRoutes, SourceRoutes } from '../pipeline/source-routes.ts';

export interface RoutingParts {
  readonly config: Config;
  readonly clock: Clock;
  /** Absent: names come from the path of a log alone. */
  readonly pods?: PodLookup | undefined;
  /** Absent: every log is collected. */
  readonly selection?: Selection | undefined;
  /** Hears which annotations of pods have no effect. */
  readonly faults?: AnnotationFaults | undefined;
  /** Absent: labels may have any number of values. */
  readonly labelBudget?: LabelBudget | undefined;
  /** Puts something around each stage that is built. */
  readonly wrapStage?: WrapStage | undefined;
  /** Absent: no stage has an expression that is more than a path. */
  readonly compileJmesPath?: CompileJmesPath | null;
}

/** An output that logs are routed to. */
export interface Destination {
  /** In rules. */
  readonly name: string;
  readonly streams: TenantStreams;
  readonly routing: Routing;
}

/**
 * What finds the routes of a source to one output: of its path alone while its pod is not known, anew once it is. A log that was begun
 * before keeps its attribution, whatever its pod has become.
 */
export function routeSources(
  destination: Destination,
  counters: Counters,
  parts: RoutingParts,
): (source: Source, begun?: Attribution) => SourceRoutes<LokiRoute> {
  const { config, pods, selection, faults, labelBudget: budget } = parts;
  const { routing } = destination;
  const options = labelOptions(config);
  const fingerprint = labelsFingerprint(config);
  const handling = handlingBuilder(destination, counters, parts);
  const labelsOf = (source: Source, pod: PodOfSource): [string, string][] =>
    manyValued(streamIdentity(source, pod, STDOUT, options), options);
  const attributed = (source: Source, attribution: Attribution): FoundRoutes<LokiRoute> => {
    const { pod, muted } = attribution;
    const handled = handling(source, pod === null ? null : podOfFacts(source, pod), attribution);
    return { ...handled, final: true, muted, attribution };
  };
  const attribute = (source: Source, pod: Pod | null): FoundRoutes<LokiRoute> => {
    const word = ownersWord(pod, source.container, config.kubernetes);
    if (pod !== null) faults?.say(pod, useless(pod, source, word.faulty, { config, options }));
    const muted = pod === null ? null : (selection?.mutedChannel(source, pod) ?? null);
    const demoted = budget?.admit(source, labelsOf(source, pod)) ?? [];
    const facts = pod === null ? null : podFacts(pod, options, word.annotations);
    const routes = config.routes.length === 0 ? {} : { routes: routing.appliedTo(source, pod) };
    return attributed(source, { options: fingerprint, pod: facts, muted, demoted, ...routes });
  };
  const resume = (source: Source, begun: Attribution): FoundRoutes<LokiRoute> => {
    const labels = labelsOf(source, begun.pod === null ? null : podOfFacts(source, begun.pod));
    budget?.adopt(
      source,
      labels.filter(([name]) => !begun.demoted.includes(name)),
    );
    return attributed(source, begun);
  };
  return (source, begun) => {
    if (begun?.options === fingerprint) return new SourceRoutes(() => resume(source, begun));
    let isPartial = false;
    return new SourceRoutes(() => {
      const pod = pods?.find(source) ?? null;
      if (pod === 'later' || (pod === 'unknown' && isPartial)) return null;
      if (pod !== 'unknown') return attribute(source, pod);
      isPartial = true;
      counters.partialMetadataSources += 1;
      const demoted = budget?.admit(source, labelsOf(source, 'unknown')) ?? [];
      return { ...handling(source, 'unknown', { demoted, routes: routing.appliedTo(source, null) }), final: false };
    });
  };
}

/** Annotations of a pod that were meant for us and have no effect. */
function useless(
  pod: Pod,
  { container }: Source,
  faulty: readonly string[],
  { config, options }: { readonly config: Config; readonly options: LabelOptions },
): string[] {
  const { serviceNames, mappedLabels, mappedMetadata } = options;
  const names = [
    ...unreadable(pod, container, conventionsIn(config.kubernetes)),
    ...faulty,
    ...unusable(pod, serviceNames),
    ...unmappable(pod, mappedLabels),
    ...unmappable(pod, mappedMetadata),
  ];
  return [...new Set(names)];
}
