import { z } from 'zod';
import { MAX_LABELS } from '../model/labels.ts';
import { type AuditConfig, auditSchema } from './audit-schema.ts';
import { type ContainersConfig, containersSchema } from './containers-schema.ts';
import { type KubernetesConfig, kubernetesSchema } from './kubernetes-schema.ts';
import { askedOfPods, countLabels, type LabelsConfig, labelsSchema } from './labels-schema.ts';
import type { LogRuleConfig } from './log-rules-schema.ts';
import { leastAuditMemory, leastMemory, leastTenantMemory } from '../model/memory-share.ts';
import { parseListenAddress } from './listen-address.ts';
import { type OutputConfig, outputsSchema } from './output-schema.ts';
import { type RateRuleConfig, rateRules } from './rate-rules-schema.ts';
import { type ReloadConfig, reloadSchema } from './reload-schema.ts';
import { checkRoutes, type RouteConfig, routesSchema } from './routes-schema.ts';
import { absolutePath, labelValue, seconds, whenSound, wholeNumber } from './scalar-schemas.ts';
import { type StageConfig, stagesSchema } from './stages-schema.ts';
import { type TenantsConfig, tenantsSchema } from './tenants-schema.ts';

/** Everything an operator may say, with every default filled in. Names are those of the YAML file. */
export interface Config {
  readonly cluster?: string;
  readonly node_name: string;
  readonly state_dir: string;
  readonly containers: ContainersConfig;
  readonly kubernetes: KubernetesConfig;
  readonly audit: AuditConfig;
  readonly labels: LabelsConfig;
  readonly stages: readonly StageConfig[];
  readonly routes: readonly RouteConfig[];
  readonly tenants: TenantsConfig;
  readonly outputs: readonly OutputConfig[];
  readonly delivery: { readonly confirm: (typeof CONFIRMS)[number] };
  readonly kubelet: { readonly container_log_max_bytes?: number; readonly container_log_max_files?: number };
  readonly import: ImportConfig;
  readonly limits: LimitsConfig;
  readonly checkpoint: { readonly interval_seconds: number };
  readonly lint: LintConfig;
  readonly server: { readonly listen: string };
  readonly reload: ReloadConfig;
  readonly log: { readonly level: (typeof LOG_LEVELS)[number] };
}

/** How often, and how much of it, is looked at how containers log. */
interface LintConfig {
  readonly interval_seconds: number;
  readonly sample_bytes: number;
}

interface LimitsConfig {
  readonly memory_bytes: number;
  readonly drain_seconds: number;
  readonly deleted_bytes: number;
  readonly open_files: number;
  readonly dead_letter_bytes: number;
  readonly rules: readonly RateRuleConfig[];
}

/** Files of other agents that say how far those have read; each is used once. */
interface ImportConfig {
  readonly promtail_positions?: string;
  readonly fluent_bit_db?: string;
  readonly vector_checkpoints?: string;
}

/** A configuration as the schema leaves it: the host's name is not the schema's to know. */
export type WrittenConfig = Omit<Config, 'node_name'> & { readonly node_name?: string };

const CONFIRMS = ['push', 'stream'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const limits: z.ZodType<LimitsConfig> = z
  .strictObject({
    memory_bytes: wholeNumber(4_194_304, 8_589_934_592)
      .default(33_554_432)
      .describe('Bytes of log data held in memory; when they are used up, reading stops and the files wait.'),
    drain_seconds: seconds(0)
      .default(15)
      .describe('Seconds from the signal to stop until the agent gives up on what is not stored yet; the next start reads it again.'),
    deleted_bytes: wholeNumber(0, 1_099_511_627_776)
      .default(1_073_741_824)
      .describe(
        'Bytes of deleted log files that are kept on disk by being held open until they are read; beyond that the oldest is given up, counted, with a gap record.',
      ),
    open_files: wholeNumber(16, 1_048_576)
      .default(16_384)
      .describe('Log files that are open at once; when there are more, the logs take turns.'),
    dead_letter_bytes: wholeNumber(0, 1_099_511_627_776)
      .default(67_108_864)
      .describe('Bytes that the dead-letter file of one output may grow to; entries beyond that are counted only.'),
    rules: rateRules().describe(
      'How much is sent of which logs, to each output: of the rules for containers the first that names a log holds, and of those for namespaces.',
    ),
  })
  .prefault({})
  .describe('Bounds of the whole agent.');

const checkpoint: z.ZodType<Config['checkpoint']> = z
  .strictObject({
    interval_seconds: seconds(0.1).default(1).describe('Seconds between two writes of the positions; a crash repeats at most that much.'),
  })
  .prefault({})
  .describe('How positions are made durable.');

const lint: z.ZodType<LintConfig> = z
  .strictObject({
    interval_seconds: seconds(0)
      .default(0)
      .describe('Seconds between two looks at how containers log, told as logferry_lint_bytes_ratio; 0: none.'),
    sample_bytes: wholeNumber(4096, 1_048_576).default(65_536).describe('Bytes of the end of each log that are looked at.'),
  })
  .prefault({})
  .describe('Advice to those whose programs log.');

const delivery: z.ZodType<Config['delivery']> = z
  .strictObject({
    confirm: z
      .enum(CONFIRMS)
      .default('push')
      .describe("stream: one stream a request, since Loki's answer speaks for the last stream in a request only; costs requests."),
  })
  .prefault({})
  .describe('How entries are handed to every store.');

const kubelet: z.ZodType<Config['kubelet']> = z
  .strictObject({
    container_log_max_bytes: wholeNumber(1, 1_099_511_627_776)
      .exactOptional()
      .describe("The kubelet's containerLogMaxSize; learnt from the files seen when it is not set."),
    container_log_max_files: wholeNumber(2, 10_000)
      .exactOptional()
      .describe("The kubelet's containerLogMaxFiles; learnt from the files seen when it is not set."),
  })
  .prefault({})
  .describe('How much of a log the kubelet keeps, for the time until a loss.');

const importSchema: z.ZodType<ImportConfig> = z
  .strictObject({
    promtail_positions: absolutePath()
      .exactOptional()
      .describe("Promtail's or Alloy's positions file: logs are begun where that agent stopped. Used once."),
    fluent_bit_db: absolutePath().exactOptional().describe("Fluent Bit's tail database (DB): logs are begun where it stopped. Used once."),
    vector_checkpoints: absolutePath()
      .exactOptional()
      .describe("Vector's checkpoints.json of a kubernetes_logs or file source: logs are begun where it stopped. Used once."),
  })
  .prefault({})
  .describe('Positions to take over from another agent, at the first start with this key.');

const server: z.ZodType<Config['server']> = z
  .strictObject({
    listen: z
      .string()
      .refine((text) => parseListenAddress(text) !== null, {
        error: 'not an address to listen on, write host:port, [IPv6 address]:port or :port',
      })
      .default('0.0.0.0:9095')
      .describe('Address of the HTTP server for health and metrics: host:port, [IPv6 address]:port or :port; port 0 takes a free one.'),
  })
  .prefault({})
  .describe('The HTTP server for health and metrics.');

/** The one schema of the configuration file; every default and every key's documentation is in it. */
export const configSchema: z.ZodType<WrittenConfig> = z
  .strictObject({
    cluster: labelValue().exactOptional().describe('Name of the cluster, the label `cluster` of every stream.'),
    node_name: labelValue()
      .exactOptional()
      .describe("Name of the node, the label `node_name` of every stream; by default the host's name."),
    state_dir: absolutePath().default('/var/lib/logferry').describe('Directory for checkpoints; the only place that is written to.'),
    containers: containersSchema,
    kubernetes: kubernetesSchema,
    audit: auditSchema,
    labels: labelsSchema,
    stages: stagesSchema,
    routes: routesSchema,
    tenants: tenantsSchema,
    outputs: outputsSchema,
    delivery,
    kubelet,
    import: importSchema,
    limits,
    checkpoint,
    lint,
    server,
    reload: reloadSchema,
    log: z
      .strictObject({ level: z.enum(LOG_LEVELS).default('info').describe("Least severe level of the agent's own log.") })
      .prefault({})
      .describe("The agent's own log."),
  })
  .superRefine(
    (written, ctx) => {
      const count = countLabels(written.cluster !== undefined, written.labels);
      if (count <= MAX_LABELS) return;
      const message = `${count} label names with those of the preset, Loki takes ${MAX_LABELS}: remove ${count - MAX_LABELS}`;
      ctx.addIssue({ code: 'custom', path: ['labels', 'static'], message });
    },
    { when: whenSound('cluster', 'labels') },
  )
  .superRefine(
    ({ containers, labels, limits, routes }, ctx) => {
      for (const key of askedOfPods(labels)) {
        const message = 'nothing is known of pods with kubernetes.enabled: false, remove the key';
        ctx.addIssue({ code: 'custom', path: ['labels', key], message });
      }
      for (const { path, rule } of logRulesIn(containers, limits, routes)) {
        for (const key of ['pod_labels', 'namespace_labels'] as const) {
          if (rule[key] === undefined) continue;
          const message = 'labels are not known with kubernetes.enabled: false, remove the key';
          ctx.addIssue({ code: 'custom', path: [...path, key], message });
        }
      }
    },
    {
      when: (payload) =>
        whenSound('containers', 'kubernetes', 'labels', 'limits', 'routes')(payload) &&
        !(payload.value as WrittenConfig).kubernetes.enabled,
    },
  )
  .superRefine(checkRoutes, { when: whenSound('routes', 'tenants', 'outputs') })
  .superRefine(
    (written, ctx) => {
      const outputs = batchesOf(written, 'containers');
      const { memory_bytes: memoryBytes } = written.limits;
      const { max_line_bytes: maxLineBytes } = written.containers;
      const { allowed, max_per_node: max } = written.tenants;
      const least = leastMemory(outputs, maxLineBytes);
      const leastForTenants = allowed.length === 0 ? 0 : leastTenantMemory(outputs, maxLineBytes, max);
      const what = `too little for the batches of ${outputs.length} output(s)`;
      const message =
        memoryBytes < least
          ? `${what}, write at least ${least}, or less for batch_bytes`
          : `${what} for ${max} tenants, write at least ${leastForTenants}, or less for tenants.max_per_node or containers.max_line_bytes`;
      if (memoryBytes < Math.max(least, leastForTenants)) ctx.addIssue({ code: 'custom', path: ['limits', 'memory_bytes'], message });
    },
    { when: whenSound('limits', 'outputs', 'containers', 'tenants') },
  )
  .superRefine(
    (written, ctx) => {
      const { log_path: path, webhook } = written.audit;
      const outputs = path === undefined && webhook === undefined ? [] : batchesOf(written, 'audit');
      const least = leastAuditMemory(outputs);
      if (written.audit.memory_bytes >= least) return;
      const message = `too little for the batches of ${outputs.length} output(s), write at least ${least}, or less for batch_bytes`;
      ctx.addIssue({ code: 'custom', path: ['audit', 'memory_bytes'], message });
    },
    { when: whenSound('audit', 'outputs') },
  )
  .superRefine(
    (written, ctx) => {
      if (written.audit.webhook === undefined || batchesOf(written, 'audit').length > 0) return;
      const message = 'what API servers post would go nowhere, write audit into outputs[].logs';
      ctx.addIssue({ code: 'custom', path: ['audit', 'webhook'], message });
    },
    { when: whenSound('audit', 'outputs') },
  );

/** All rules that name logs, and where they stand. */
function logRulesIn(
  { include, exclude }: ContainersConfig,
  { rules }: LimitsConfig,
  routes: readonly RouteConfig[],
): { readonly path: (string | number)[]; readonly rule: LogRuleConfig }[] {
  return [
    ...include.map((rule, index) => ({ path: ['containers', 'include', index], rule })),
    ...exclude.map((rule, index) => ({ path: ['containers', 'exclude', index], rule })),
    ...rules.flatMap(({ logs }, index) => (logs === undefined ? [] : [{ path: ['limits', 'rules', index, 'logs'], rule: logs }])),
    ...routes.flatMap(({ logs }, index) => (logs === undefined ? [] : [{ path: ['routes', index, 'logs'], rule: logs }])),
  ];
}

function batchesOf({ outputs }: Pick<WrittenConfig, 'outputs'>, logs: OutputConfig['logs'][number]): { readonly batchBytes: number }[] {
  return outputs.filter((output) => output.logs.includes(logs)).map(({ batch_bytes: batchBytes }) => ({ batchBytes }));
}
