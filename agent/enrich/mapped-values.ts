import type { Pod } from '../model/pod.ts';
import { isLabelValue } from './is-label-value.ts';

/** Names in the store, and the label or annotation of the pod, or the label of its namespace, that each gets its value from. */
export interface Mapping {
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}

/** What a pod says of what was asked for; what it does not say, or not so that it could be a label, is left out. */
export function mappedValues({ labels, annotations, namespaceLabels }: Pod, mapping: Mapping): [name: string, value: string][] {
  return [
    ...valuesFrom(labels, mapping.podLabels),
    ...valuesFrom(annotations, mapping.podAnnotations),
    ...valuesFrom(namespaceLabels ?? {}, mapping.namespaceLabels),
  ];
}

/** Annotations that were asked for and cannot be a label's value. */
export function unmappable({ annotations }: Pod, { podAnnotations }: Mapping): string[] {
  return Object.values(podAnnotations).filter((key) => annotations[key] !== undefined && !isLabelValue(annotations[key]));
}

function valuesFrom(texts: Readonly<Record<string, string>>, keys: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(keys).flatMap(([name, key]) => {
    const value = texts[key];
    return value !== undefined && isLabelValue(value) ? [[name, value]] : [];
  });
}
