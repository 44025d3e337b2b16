import { buildSourceStages, type StageParts } from './build-stages.ts';
import type { StageConfig } from '../config/stages-schema.ts';
import { LineLabels } from '../enrich/line-labels.ts';
import { Zones } from '../layouts/zones.ts';
import type { LogSelector } from '../logql/parse-log-selector.ts';
import type { LineValues } from '../model/attribution.ts';
import type { Counters, StageFault } from '../model/counters.ts';
import type { Labels, StreamIdentity } from '../model/labels.ts';
import type { Source } from '../model/source.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import { type ChannelProcessing, EntryProcessing } from '../pipeline/entry-processing.ts';
import { LabelRoutes } from '../pipeline/label-routes.ts';
import type { Processing } from '../pipeline/processing.ts';
import { TenantRoutes } from '../pipeline/tenant-routes.ts';
import type { Entry } from '../process/entry.ts';
import { Memory } from '../process/memory.ts';
import { Names } from '../process/names.ts';
import { Scratch } from '../process/scratch.ts';
import type { Stage } from '../process/stage.ts';
import { soundSelector } from './sound-selector.ts';
import type { RoutingParts } from './route-sources.ts';
import type { TenantStreams } from './tenant-streams.ts';
import { ValueTexts } from '../process/value-texts.ts';

/** A source whose streams are known. */
interface KnownSource {
  readonly source: Source;
  /** By channel, what its entries have before any stage. */
  readonly identities: readonly StreamIdentity[];
  /** As which its entries go by the word of no stage. */
  readonly tenant: string | null;
  /** By channel, their labels with those that became metadata. */
  readonly channelLabels: readonly Labels[];
  readonly byChannel: readonly LokiRoute[];
  /** By channel, what the owner of its pod wants to be done before what is configured. */
  readonly owner: readonly (readonly StageConfig[])[];
  /** What is done behind all others; null: nothing. */
  readonly last: Stage | null;
  readonly begun: LineValues | undefined;
}

interface ProcessingParts extends Pick<RoutingParts, 'config' | 'clock' | 'labelBudget' | 'wrapStage' | 'compileJmesPath'> {
  readonly counters: Counters;
  readonly streams: TenantStreams;
}

/** What builds, for one output, what is done with the entries of a source; null from it where that is nothing. */
export function processingBuilder(parts: ProcessingParts): (source: KnownSource) => Processing<LokiRoute> | null {
  const { config, counters, labelBudget: budget, streams, clock, wrapStage: wrap, compileJmesPath = null } = parts;
  const selectors = new Map<string, LogSelector>();
  const shared = {
    scratch: new Scratch(),
    zones: new Zones(),
    texts: new ValueTexts(),
    redactions: counters.redactions,
    lineMetrics: counters.lineMetrics,
    countFiltered: (reason: string): void => counters.countFiltered(reason),
    selectorOf: (source: string): LogSelector => selectors.getOrInsertComputed(source, soundSelector),
    countFault: (fault: StageFault): void => counters.countFault(fault),
    maxLineBytes: config.containers.max_line_bytes,
    nowSeconds: () => clock.now() / 1000,
    wrap,
    compileJmesPath,
  };
  return ({ source, identities, channelLabels, tenant, byChannel, owner, last, begun }) => {
    const ownLabels = [...new Set(identities.flatMap(({ labels }) => Object.keys(labels)))];
    const memory = new Memory(identities.length);
    const stageParts: StageParts = { ...shared, ownLabels, channelLabels, extracted: new Names(), labels: new Names(), memory };
    const stages = buildSourceStages({ owner, configured: config.stages, last }, stageParts);
    if (stages === null) return null;
    const lineLabels = new LineLabels(source, budget, begun);
    const names = stageParts.labels.list;
    const admits = (name: string, value: string): boolean => lineLabels.admits(name, value);
    const channels = identities.map((identity, channel): ChannelProcessing<LokiRoute> => {
      const valueOf = (name: string): string | null => identity.labels[name] ?? null;
      const routesOf = (as: string | null): ((entry: Entry) => LokiRoute) => {
        const routeOf = (identity: StreamIdentity): LokiRoute => streams.route(as, identity);
        if (names.length > 0) {
          const routes = new LabelRoutes({ names, identity, routeOf, admits });
          return (entry) => routes.of(entry);
        }
        const route = as === tenant ? byChannel[channel]! : routeOf(identity);
        return () => route;
      };
      const routes = new TenantRoutes({ tenant, tenantFor: (asked) => streams.tenantFor(asked), routesOf });
      return {
        extracted: stageParts.extracted.list.map(valueOf),
        labels: names.map(valueOf),
        routeOf: (entry) => routes.of(entry),
      };
    });
    return new EntryProcessing({ stages, channels, memory, lineValues: () => lineLabels.values });
  };
}
