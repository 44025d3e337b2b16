import { z } from 'zod';
import type { Convention } from '../model/exclusion.ts';
import { absolutePath, seconds, whenSound, wholeNumber } from './scalar-schemas.ts';

export interface KubernetesConfig {
  readonly enabled: boolean;
  readonly kubeconfig?: string;
  readonly api_server?: string;
  readonly ca_file?: string;
  readonly token_file?: string;
  readonly metadata_wait_seconds: number;
  readonly spread_seconds: number;
  readonly tombstone_seconds: number;
  readonly max_tombstones: number;
  readonly namespace_keep_seconds: number;
  readonly annotations: Readonly<Record<Convention | 'opentelemetry' | 'tenant', boolean>>;
}

const apiServer = z.string().refine(isOrigin, { error: 'not the address of an API server, write one like https://10.96.0.1:443' });

const ADDRESS_KEYS = ['api_server', 'ca_file', 'token_file'] as const;

function heeded(names: string): z.ZodDefault<z.ZodBoolean> {
  return z.boolean().default(true).describe(`Whether these annotations of a pod are heeded: ${names}.`);
}

/** What is learnt from Kubernetes about who writes a log. */
export const kubernetesSchema: z.ZodType<KubernetesConfig> = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Ask the API server about pods; false: names come from the path of a log alone.'),
    kubeconfig: absolutePath()
      .exactOptional()
      .describe('File whose current context says where the API server is and who asks it, outside of a cluster; read at the start.'),
    api_server: apiServer
      .exactOptional()
      .describe('Address of the API server; by default the one that the cluster names to its containers, with their service account.'),
    ca_file: absolutePath().exactOptional().describe("Certificates that the API server's is held against; by default the cluster's."),
    token_file: absolutePath()
      .exactOptional()
      .describe("File of the bearer token for the API server, read again when it changes; by default the service account's."),
    metadata_wait_seconds: seconds(0)
      .default(10)
      .describe('Seconds that the lines of a pod that is not known yet wait on disk before they are shipped with the names in their path.'),
    spread_seconds: seconds(0)
      .default(5)
      .describe(
        'Seconds over which the agents of a cluster spread what they ask at the start and after a failure; keep it below metadata_wait_seconds.',
      ),
    tombstone_seconds: seconds(0).default(600).describe('Seconds that a deleted pod is remembered for logs that are not read yet.'),
    max_tombstones: wholeNumber(0, 100_000).default(1000).describe('Deleted pods that are remembered at most.'),
    namespace_keep_seconds: seconds(10)
      .default(3600)
      .describe('Seconds after which the labels of a namespace are got anew, where anything depends on them.'),
    annotations: z
      .strictObject({
        logferry: heeded('logferry.io/exclude, service-name, format, multiline, decolorize, drop-levels, sample and redact'),
        fluent_bit: heeded('fluentbit.io/exclude and parser, of a stream and a container too'),
        vector: heeded('vector.dev/exclude, a label, and vector.dev/exclude-containers'),
        elastic: heeded('co.elastic.logs/enabled, json and multiline, of a container too'),
        grafana: heeded('logs.grafana.com/ingest, decolorize, drop-<level>, sample and mask-<shape>, k8s.grafana.com/logs.job'),
        opentelemetry: heeded('resource.opentelemetry.io/service.name'),
        tenant: z
          .boolean()
          .default(false)
          .describe('Whether owners may choose among tenants.allowed: logferry.io/tenant and logs.grafana.com/tenant.'),
      })
      .prefault({})
      .describe('In whose words the owners of pods may say what is to become of their logs.'),
  })
  .superRefine(
    (written, ctx) => {
      if (written.kubeconfig === undefined) return;
      for (const key of ADDRESS_KEYS) {
        if (written[key] !== undefined)
          ctx.addIssue({ code: 'custom', path: [key], message: 'the kubeconfig says that, remove one of the two' });
      }
    },
    { when: whenSound('kubeconfig', ...ADDRESS_KEYS) },
  )
  .prefault({})
  .describe('What is learnt from Kubernetes.');

/** Scheme, host and port, and nothing that could be a secret. */
function isOrigin(text: string): boolean {
  const url = /^https?:\/\/[^\s/?#@]+\/?$/i.test(text) ? URL.parse(text) : null;
  return url !== null;
}
