import { z } from 'zod';

/** Which logs a rule of `containers.include`, `exclude` or `limits.rules` names: those that match all of it. */
export interface LogRuleConfig {
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly pod_labels?: Readonly<Record<string, string>>;
  readonly namespace_labels?: Readonly<Record<string, string>>;
}

const glob = (what: string): z.ZodExactOptional<z.ZodString> => z.string().min(1).exactOptional().describe(what);

const labels = (what: string): z.ZodExactOptional<z.ZodType<Record<string, string>>> =>
  z
    .record(z.string().min(1), z.string())
    .refine((written) => Object.keys(written).length > 0, { error: 'no label, write name: value, or remove the key' })
    .exactOptional()
    .describe(what);

const rule: z.ZodType<LogRuleConfig> = z
  .strictObject({
    namespace: glob('Namespace, as it is or with * for any characters and ? for one.'),
    pod: glob('Name of the pod, likewise.'),
    container: glob('Name of the container, likewise.'),
    pod_labels: labels('Labels of the pod, name to value, values likewise; a pod without the label does not match.'),
    namespace_labels: labels('Labels of the namespace, likewise; the agent has to be allowed to get namespaces.'),
  })
  .refine((written) => Object.keys(written).length > 0, {
    error: 'matches every log, write namespace, pod, container, pod_labels or namespace_labels',
    when: ({ issues }) => issues.length === 0,
  });

/** One rule: which logs something is for. */
export function logRule(): z.ZodType<LogRuleConfig> {
  return rule;
}

/** A list of rules; a log is meant when any of them names it. */
export function logRules(): z.ZodDefault<z.ZodType<LogRuleConfig[]>> {
  return z.array(rule).default([]);
}
