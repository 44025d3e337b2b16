import { type LabelOptions, streamIdentity } from '../../agent/enrich/stream-identity.ts';
import { LABEL_PRESETS, PRESET_NAMES, type PresetName } from '../../agent/model/label-presets.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import { type SyntheticContainer, syntheticCluster } from './synthetic-cluster.ts';

export interface StreamCount {
  readonly preset: PresetName;
  readonly streams: number;
  /** After each workload was rolled out once, while the streams from before are still active. */
  readonly afterRollout: number;
  /** Nodes that write to the one stream that most nodes write to. */
  readonly mostWriters: number;
}

const NOTHING = { podLabels: {}, podAnnotations: {}, namespaceLabels: {} };

/** How many streams a cluster has in Loki, by preset. */
export function streamCounts(nodes: number): StreamCount[] {
  return PRESET_NAMES.map((preset) => {
    const writers = new Map<string, Set<number>>();
    for (const container of syntheticCluster(nodes, 0)) note(container, preset, writers);
    const streams = writers.size;
    const mostWriters = [...writers.values()].reduce((most, { size }) => Math.max(most, size), 0);
    for (const container of syntheticCluster(nodes, 1)) note(container, preset, writers);
    return { preset, streams, afterRollout: writers.size, mostWriters };
  });
}

function note({ node, pod, source, usesStderr }: SyntheticContainer, preset: PresetName, writers: Map<string, Set<number>>): void {
  const options: LabelOptions = {
    preset: LABEL_PRESETS[preset],
    cluster: null,
    nodeName: `node-${node}`,
    staticLabels: {},
    metadata: [],
    serviceNames: { own: true, otel: true, grafanaJob: true },
    mappedLabels: NOTHING,
    mappedMetadata: NOTHING,
  };
  for (const channel of usesStderr ? [STDOUT, STDERR] : [STDOUT]) {
    const stream = JSON.stringify(streamIdentity(source, pod, channel, options).labels);
    const nodes = writers.get(stream) ?? new Set<number>();
    writers.set(stream, nodes.add(node));
  }
}
