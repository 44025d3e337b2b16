import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import type { Pods } from './pod-lookup.ts';

/** Where labels of namespaces are looked up; `later`: not known yet, `unknown`: not to be waited for any longer. */
export interface NamespaceLabels {
  labelsOf(namespace: string): Readonly<Record<string, string>> | 'later' | 'unknown';
}

/** Pods with the labels of their namespaces; a pod is not known yet while those are waited for. */
export class NamespacedPods implements Pods {
  readonly #pods: Pods;
  readonly #namespaces: NamespaceLabels;

  constructor(pods: Pods, namespaces: NamespaceLabels) {
    this.#pods = pods;
    this.#namespaces = namespaces;
  }

  find(source: Source): Pod | null {
    const pod = this.#pods.find(source);
    if (pod === null) return null;
    const labels = this.#namespaces.labelsOf(pod.namespace);
    if (labels === 'later') return null;
    return { ...pod, namespaceLabels: labels === 'unknown' ? null : labels };
  }
}
