import { createHash } from 'node:crypto';
import { conventionsIn } from '../model/exclusion.ts';
import type { Config } from '../config/schema.ts';
import type { Mapping } from '../enrich/mapped-values.ts';
import type { LabelOptions } from '../enrich/stream-identity.ts';
import { LABEL_PRESETS } from '../model/label-presets.ts';

/** What is made of sources and pods, as it is configured. */
export function labelOptions(config: Config): LabelOptions {
  const { cluster = null, node_name: nodeName, labels, kubernetes } = config;
  const { logferry: own, opentelemetry: otel, grafana: grafanaJob } = kubernetes.annotations;
  return {
    preset: LABEL_PRESETS[labels.preset],
    cluster,
    nodeName,
    staticLabels: labels.static,
    metadata: labels.metadata,
    serviceNames: { own, otel, grafanaJob },
    mappedLabels: {
      podLabels: labels.from_pod_labels,
      podAnnotations: labels.from_pod_annotations,
      namespaceLabels: labels.from_namespace_labels,
    },
    mappedMetadata: {
      podLabels: labels.metadata_from_pod_labels,
      podAnnotations: labels.metadata_from_pod_annotations,
      namespaceLabels: labels.metadata_from_namespace_labels,
    },
  };
}

/** Tells a configuration of labels, of what is heeded of pods and of routes from others: what was made of a pod under it holds under no other. */
export function labelsFingerprint(config: Config): string {
  const text = JSON.stringify([labelOptions(config), config.kubernetes.enabled, conventionsIn(config.kubernetes), config.routes]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** The annotations that a configuration asks for by their names. */
export function askedAnnotations(config: Config): ReadonlySet<string> {
  const { mappedLabels, mappedMetadata } = labelOptions(config);
  return new Set([mappedLabels, mappedMetadata].flatMap(({ podAnnotations }: Mapping) => Object.values(podAnnotations)));
}

/** Whether anything of a configuration depends on labels of namespaces. */
export function asksNamespaces(config: Config): boolean {
  const { mappedLabels, mappedMetadata } = labelOptions(config);
  const { include, exclude } = config.containers;
  const limited = [...config.limits.rules, ...config.routes].flatMap(({ logs = {} }) => logs);
  const isTenant = config.routes.some(({ tenant = '' }) => tenant.includes('{namespace_label:'));
  const isMapped = [mappedLabels, mappedMetadata].some(({ namespaceLabels }) => Object.keys(namespaceLabels).length > 0);
  return isMapped || isTenant || [...include, ...exclude, ...limited].some((rule) => rule.namespace_labels !== undefined);
}
