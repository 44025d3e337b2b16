import { multilineBuilder } from './build-multiline.ts';
import { processingBuilder } from './build-processing.ts';
import { demote, type PodOfSource, streamIdentity } from '../enrich/stream-identity.ts';
import { labelOptions } from './label-options.ts';
import type { Attribution } from '../model/attribution.ts';
import type { Counters } from '../model/counters.ts';
import { CHANNELS } from '../model/record.ts';
import type { Source } from '../model/source.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import { ownersWord } from './owners-word.ts';
import type { FoundRoutes } from '../pipeline/source-routes.ts';
import type { Destination, RoutingParts } from './route-sources.ts';

/** Why an entry does not go to an output: a rule of `routes` sends it to others. */
const ELSEWHERE = 'other_output';

/** What of an attribution counts beside the pod. */
type Handled = Pick<Attribution, 'demoted' | 'lineValues' | 'routes'>;

/** How the lines of a source come to an output. */
export type SourceHandling = (
  source: Source,
  pod: PodOfSource,
  handled: Handled,
) => Pick<FoundRoutes<LokiRoute>, 'byChannel' | 'multiline' | 'processing'>;

/** Says of a source, as far as its pod is known, where its lines go, which of them are one record, and what is done with them. */
export function handlingBuilder({ name, streams, routing }: Destination, counters: Counters, parts: RoutingParts): SourceHandling {
  const { config } = parts;
  const options = labelOptions(config);
  const processingOf = processingBuilder({ ...parts, counters, streams });
  const joiningOf = multilineBuilder(config.stages);
  const onElsewhere = (): void => counters.countFiltered(ELSEWHERE);
  return (source, pod, { demoted, lineValues: begun, routes = [] }) => {
    const whole = CHANNELS.map((channel) => streamIdentity(source, pod, channel, options));
    const identities = whole.map((identity) => demote(identity, demoted));
    const { tenant: written, stage: last } = routing.toOutput(name, routes, onElsewhere);
    const tenant = streams.tenantFor(written);
    const byChannel = identities.map((identity) => streams.route(tenant, identity));
    // What a selector means does not depend on how many values a label has taken.
    const channelLabels = whole.map(({ labels }) => labels);
    const { stages: owner, multiline } = ownersWord(pod, source.container, config.kubernetes);
    const processing = processingOf({ source, identities, channelLabels, tenant, byChannel, owner, last, begun });
    return { byChannel, multiline: joiningOf(channelLabels, multiline), processing };
  };
}
