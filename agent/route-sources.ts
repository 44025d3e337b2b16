import { conventionsIn } from './config/kubernetes-schema.ts';
import type { Config } from './config/schema.ts';
import type { AnnotationFaults } from './enrich/annotation-faults.ts';
import type { LabelBudget } from './enrich/label-budget.ts';
import { unmappable } from './enrich/mapped-values.ts';
import { unreadable } from './enrich/owner-exclusion.ts';
import { annotationsOf, ownersWords } from './enrich/owner-processing.ts';
import type { PodLookup } from './enrich/pod-lookup.ts';
import type { Selection } from './enrich/selection.ts';
import { unusable } from './enrich/service-name.ts';
import { podFacts, podOfFacts } from './enrich/pod-facts.ts';
import { demote, type LabelOptions, manyValued, type PodOfSource, streamIdentity } from './enrich/stream-identity.ts';
import { labelOptions, labelsFingerprint } from './label-options.ts';
import type { CompileJmesPath } from './load-jmespath.ts';
import type { Attribution, PodFacts } from './model/attribution.ts';
import type { Counters } from './model/counters.ts';
import type { Pod } from './model/pod.ts';
import { CHANNELS, STDOUT } from './model/record.ts';
import type { Clock } from './runtime/clock.ts';
import type { Source } from './model/source.ts';
import { multilineBuilder, ownersLines } from './build-multiline.ts';
import { processingBuilder } from './build-processing.ts';
import type { WrapStage } from './build-stages.ts';
import type { LokiRoute } from './outputs/loki/encode-push.ts';
import { ownerStages } from './owner-stages.ts';
import type { Routing } from './routing.ts';
import type { TenantStreams } from './tenant-streams.ts';
import { type FoundRoutes, SourceRoutes } from './pipeline/source-routes.ts';

/** Why an entry does not go to an output: a rule of `routes` sends it to others. */
const ELSEWHERE = 'other_output';

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
interface Destination {
  /** In rules. */
  readonly name: string;
  readonly streams: TenantStreams;
  readonly routing: Routing;
}

type Handled = Pick<Attribution, 'demoted' | 'lineValues' | 'routes'>;
type Handling = Pick<FoundRoutes<LokiRoute>, 'byChannel' | 'multiline' | 'processing'>;

/**
 * What finds the routes of a source to one output: of its path alone while its pod is not known, anew once it is. A log that was begun
 * before keeps its attribution, whatever its pod has become.
 */
export function routeSources(
  { name, streams, routing }: Destination,
  counters: Counters,
  { config, clock, pods, selection, faults, labelBudget: budget, wrapStage, compileJmesPath = null }: RoutingParts,
): (source: Source, begun?: Attribution) => SourceRoutes<LokiRoute> {
  const options = labelOptions(config);
  const fingerprint = labelsFingerprint(config);
  const conventions = conventionsIn(config.kubernetes);
  const processingOf = processingBuilder({
    config,
    counters,
    budget,
    wrapStage,
    streams,
    clock,
    compileJmesPath,
  });
  const joiningOf = multilineBuilder(config.stages);
  const onElsewhere = (): void => counters.countFiltered(ELSEWHERE);
  const handling = (source: Source, pod: PodOfSource, { demoted, lineValues: begun, routes = [] }: Handled): Handling => {
    const whole = CHANNELS.map((channel) => streamIdentity(source, pod, channel, options));
    const identities = whole.map((identity) => demote(identity, demoted));
    const routed = routing.toOutput(name, routes, onElsewhere);
    const tenant = streams.tenantFor(routed.tenant);
    const byChannel = identities.map((identity) => streams.route(tenant, identity));
    // What a selector means does not depend on how many values a label has taken.
    const channelLabels = whole.map(({ labels }) => labels);
    const words = pod === 'unknown' || pod === null ? [] : ownersWords(pod, source.container, conventions);
    const owner = words.map(({ processing }) => ownerStages(processing, config.kubernetes.annotations.tenant));
    const { stage: last } = routed;
    const lines = pod === 'unknown' || pod === null ? null : ownersLines(pod, source.container, conventions).multiline;
    const processing = processingOf({ source, identities, channelLabels, tenant, byChannel, owner, last, begun });
    return { byChannel, multiline: joiningOf(lines), processing };
  };
  const labelsOf = (source: Source, pod: PodOfSource): [string, string][] =>
    manyValued(streamIdentity(source, pod, STDOUT, options), options);
  const attributed = (source: Source, attribution: Attribution): FoundRoutes<LokiRoute> => {
    const { pod, muted } = attribution;
    const handled = handling(source, pod === null ? null : podOfFacts(source, pod), attribution);
    return { ...handled, final: true, muted, attribution };
  };
  const factsOf = (source: Source, pod: Pod): PodFacts => {
    const said = annotationsOf(ownersWords(pod, source.container, conventions));
    return podFacts(pod, options, { ...said, ...ownersLines(pod, source.container, conventions).annotations });
  };
  const attribute = (source: Source, pod: Pod | null): FoundRoutes<LokiRoute> => {
    if (pod !== null) faults?.say(pod, useless(pod, source, config, options));
    const muted = pod === null ? null : (selection?.mutedChannel(source, pod) ?? null);
    const demoted = budget?.admit(source, labelsOf(source, pod)) ?? [];
    const facts = pod === null ? null : factsOf(source, pod);
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
function useless(pod: Pod, { container }: Source, { kubernetes }: Config, options: LabelOptions): string[] {
  const { serviceNames, mappedLabels, mappedMetadata } = options;
  const conventions = conventionsIn(kubernetes);
  const names = [
    ...unreadable(pod, container, conventions),
    ...ownersWords(pod, container, conventions).flatMap(({ faulty }) => faulty),
    ...ownersLines(pod, container, conventions).faulty,
    ...unusable(pod, serviceNames),
    ...unmappable(pod, mappedLabels),
    ...unmappable(pod, mappedMetadata),
  ];
  return [...new Set(names)];
}
