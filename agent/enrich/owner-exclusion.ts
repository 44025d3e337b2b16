import type { Convention } from '../model/exclusion.ts';
import type { Pod } from '../model/pod.ts';
import { CHANNEL_NAMES, type Channel } from '../model/record.ts';
import { annotationFlag } from './annotation-flag.ts';

/** Annotations of a convention that may say something of a container's channel, the most special first; that one decides. */
type NamesOf = (container: string, channel: Channel) => readonly string[];

/** What a value says: leave out, collect; null: nothing that is understood. */
type Meaning = (value: string, container: string, channel: Channel) => boolean | null;

interface Reading {
  readonly namesOf: NamesOf;
  readonly meaning: Meaning;
}

function negated(value: string): boolean | null {
  const isEnabled = annotationFlag(value);
  return isEnabled === null ? null : !isEnabled;
}

const READINGS: Readonly<Record<Convention, Reading>> = {
  logferry: {
    namesOf: (container) => [`logferry.io/exclude.${container}`, 'logferry.io/exclude'],
    meaning: (value, _, channel) => (isChannel(value) ? value === CHANNEL_NAMES[channel] : annotationFlag(value)),
  },
  /** fluent-bit plugins/filter_kubernetes/kube_property.c */
  fluent_bit: {
    namesOf: (container, channel) => {
      const stream = `fluentbit.io/exclude_${CHANNEL_NAMES[channel]}`;
      return [`${stream}-${container}`, `fluentbit.io/exclude-${container}`, stream, 'fluentbit.io/exclude'];
    },
    meaning: annotationFlag,
  },
  /** vector src/sources/kubernetes_logs: the label below, and this annotation. */
  vector: {
    namesOf: () => ['vector.dev/exclude-containers'],
    meaning: (value, container) => value.split(',').some((name) => name.trim() === container),
  },
  /** Hints of Filebeat. */
  elastic: {
    namesOf: (container) => [`co.elastic.logs.${container}/enabled`, 'co.elastic.logs/enabled'],
    meaning: negated,
  },
  /** grafana/alloy-modules, kubernetes annotations. */
  grafana: { namesOf: () => ['logs.grafana.com/ingest'], meaning: negated },
};

/** Vector's only word that is a label, of a pod or, where those are asked for, a namespace: it selects by it. */
const VECTOR_LABEL = 'vector.dev/exclude';

/**
 * In whose words the owner of a pod says that a channel of a container is not to be collected; null when he does not. What he says in
 * ours holds, whatever else he says.
 */
export function ownerExclusion(
  pod: Pod,
  { container, channel }: { readonly container: string; readonly channel: Channel },
  conventions: readonly Convention[],
): Convention | null {
  if (conventions.includes('logferry') && said('logferry', pod, container, channel) === false) return null;
  return conventions.find((convention) => said(convention, pod, container, channel) === true) ?? null;
}

/** What a convention says of a channel: leave it out, collect it, or nothing. */
function said(convention: Convention, { annotations, labels, namespaceLabels }: Pod, container: string, channel: Channel): boolean | null {
  if (convention === 'vector' && [labels, namespaceLabels ?? {}].some((texts) => texts[VECTOR_LABEL] === 'true')) return true;
  const { namesOf, meaning } = READINGS[convention];
  for (const name of namesOf(container, channel)) {
    const value = annotations[name];
    const isMeant = value === undefined ? null : meaning(value, container, channel);
    if (isMeant !== null) return isMeant;
  }
  return null;
}

/** Annotations about a container whose values nobody understands, and which so have no effect. */
export function unreadable({ annotations }: Pod, container: string, conventions: readonly Convention[]): string[] {
  const asked = conventions.flatMap((convention) => {
    const { namesOf, meaning } = READINGS[convention];
    const names = ([0, 1] as const).flatMap((channel) => namesOf(container, channel));
    return names.filter((name) => annotations[name] !== undefined && meaning(annotations[name], container, 0) === null);
  });
  return [...new Set(asked)];
}

function isChannel(value: string): boolean {
  return CHANNEL_NAMES.includes(value);
}
