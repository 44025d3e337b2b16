import type { Labels, StreamIdentity } from '../model/labels.ts';
import { CHANNEL_NAMES, type Channel, type Metadata } from '../model/record.ts';
import type { Source } from '../model/source.ts';

type MetadataName = 'pod' | 'pod_uid' | 'container_id' | 'restart_count';

export interface LabelOptions {
  readonly cluster: string | null;
  readonly nodeName: string;
  readonly staticLabels: Labels;
  readonly metadata: readonly MetadataName[];
}

/**
 * The preset `standard`: labels that do not change with a restart, and one writer per stream through `node_name`, so that a node
 * that lags is never refused because another is current. Until pod metadata is known the container's name stands for the workload's.
 */
export function standardLabels(source: Source, channel: Channel, options: LabelOptions): StreamIdentity {
  const app = source.container;
  const labels: Record<string, string> = {
    ...options.staticLabels,
    ...(options.cluster === null ? {} : { cluster: options.cluster }),
    namespace: source.namespace,
    app,
    container: source.container,
    service_name: app,
    job: `${source.namespace}/${app}`,
    stream: CHANNEL_NAMES[channel],
    node_name: options.nodeName,
  };
  return { labels, metadata: metadataOf(source, options.metadata) };
}

function metadataOf(source: Source, names: readonly MetadataName[]): Metadata {
  const values: Record<MetadataName, string> = {
    pod: source.pod,
    pod_uid: source.uid,
    container_id: source.containerId,
    restart_count: String(source.attempt),
  };
  return names.map((name) => [name, values[name]] as const).filter(([, value]) => value !== '');
}
