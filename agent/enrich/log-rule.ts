import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import { matchesGlob } from './glob.ts';

/** Names the logs that match all of it; each text is a glob, and what is absent matches any log. */
export interface LogRule {
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly pod_labels?: Readonly<Record<string, string>>;
}

/** Whether a rule names a log: `unknown` when that depends on its pod, which is not known. */
export function matchesRule(rule: LogRule, { namespace, pod: name, container }: Source, pod: Pod | null): boolean | 'unknown' {
  if (!allows(rule.namespace, namespace) || !allows(rule.pod, name) || !allows(rule.container, container)) return false;
  const wanted = Object.entries(rule.pod_labels ?? {});
  if (wanted.length === 0) return true;
  if (pod === null) return 'unknown';
  return wanted.every(([label, pattern]) => {
    const value = pod.labels[label];
    return value !== undefined && matchesGlob(pattern, value);
  });
}

function allows(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || matchesGlob(pattern, text);
}
