import type { PodFacts } from '../model/attribution.ts';
import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import { NAMING_LABELS } from './label-fields.ts';
import { GRAFANA_JOB, OTEL_SERVICE_NAME, OWN_SERVICE_NAME } from './service-name.ts';
import type { LabelOptions } from './stream-identity.ts';
import { TEMPLATE_HASH } from './workload.ts';

type Texts = Readonly<Record<string, string>>;

/** As much of a pod as labels are made of under these options, and these annotations; a pod may have any number of others. */
export function podFacts(
  { labels, annotations, controller, namespaceLabels }: Pod,
  { mappedLabels, mappedMetadata }: LabelOptions,
  besides: Texts = {},
): PodFacts {
  const mappings = [mappedLabels, mappedMetadata];
  const labelKeys = [...NAMING_LABELS, TEMPLATE_HASH, ...mappings.flatMap(({ podLabels }) => Object.values(podLabels))];
  const annotationKeys = [
    OWN_SERVICE_NAME,
    OTEL_SERVICE_NAME,
    GRAFANA_JOB,
    ...mappings.flatMap(({ podAnnotations }) => Object.values(podAnnotations)),
  ];
  const namespaceKeys = mappings.flatMap((mapping) => Object.values(mapping.namespaceLabels));
  return {
    labels: pick(labels, labelKeys),
    annotations: { ...pick(annotations, annotationKeys), ...besides },
    controller,
    namespaceLabels: pick(namespaceLabels ?? {}, namespaceKeys),
  };
}

/** The pod of a source again, with what is known of it. */
export function podOfFacts({ uid, namespace, pod: name }: Source, facts: PodFacts): Pod {
  return { uid, namespace, name, ...facts, configHash: null };
}

function pick(texts: Texts, keys: readonly string[]): Texts {
  return Object.fromEntries([...new Set(keys)].flatMap((key) => (texts[key] === undefined ? [] : [[key, texts[key]]])));
}
