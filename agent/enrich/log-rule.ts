import { matchesGlob } from '../model/glob.ts';
import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';

/** Names the logs that match all of it; each text is a glob, and what is absent matches any log. */
export interface LogRule {
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly pod_labels?: Readonly<Record<string, string>>;
  readonly namespace_labels?: Readonly<Record<string, string>>;
}

/** Whether a rule names a log: `unknown` when that depends on its pod, which is not known. */
export function matchesRule(rule: LogRule, { namespace, pod: name, container }: Source, pod: Pod | null): boolean | 'unknown' {
  if (!allows(rule.namespace, namespace) || !allows(rule.pod, name) || !allows(rule.container, container)) return false;
  const { pod_labels: ofPod, namespace_labels: ofNamespace } = rule;
  if (ofPod !== undefined && pod !== null && !haveLabels(pod.labels, ofPod)) return false;
  const namespaceLabels = pod?.namespaceLabels ?? null;
  if (ofNamespace !== undefined && namespaceLabels !== null && !haveLabels(namespaceLabels, ofNamespace)) return false;
  const isKnown = (ofPod === undefined || pod !== null) && (ofNamespace === undefined || namespaceLabels !== null);
  return isKnown ? true : 'unknown';
}

function haveLabels(labels: Readonly<Record<string, string>>, patterns: Readonly<Record<string, string>>): boolean {
  return Object.entries(patterns).every(([name, pattern]) => labels[name] !== undefined && matchesGlob(pattern, labels[name]));
}

function allows(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || matchesGlob(pattern, text);
}
