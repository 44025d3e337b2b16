import { z } from 'zod';

/** Which logs a rule of `containers.include` or `exclude` names: those that match all of it. */
export interface LogRuleConfig {
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly pod_labels?: Readonly<Record<string, string>>;
}

const glob = (what: string): z.ZodExactOptional<z.ZodString> => z.string().min(1).exactOptional().describe(what);

const rule: z.ZodType<LogRuleConfig> = z
  .strictObject({
    namespace: glob('Namespace, as it is or with * for any characters and ? for one.'),
    pod: glob('Name of the pod, likewise.'),
    container: glob('Name of the container, likewise.'),
    pod_labels: z
      .record(z.string().min(1), z.string())
      .refine((labels) => Object.keys(labels).length > 0, { error: 'no label, write name: value, or remove the key' })
      .exactOptional()
      .describe('Labels of the pod, name to value, values likewise; a pod without the label does not match.'),
  })
  .refine((written) => Object.keys(written).length > 0, {
    error: 'matches every log, write namespace, pod, container or pod_labels',
    when: ({ issues }) => issues.length === 0,
  });

/** A list of rules; a log is meant when any of them names it. */
export function logRules(): z.ZodDefault<z.ZodType<LogRuleConfig[]>> {
  return z.array(rule).default([]);
}
