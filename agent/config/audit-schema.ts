import { z } from 'zod';
import { type AuditWebhookConfig, auditWebhookSchema } from './audit-webhook-schema.ts';
import { absolutePath, labelValue, tenant, wholeNumber } from './scalar-schemas.ts';

export interface AuditConfig {
  readonly log_path?: string;
  readonly tenant: string;
  readonly policy_file?: string;
  readonly secret_resources: readonly string[];
  readonly service_name: string;
  readonly start: (typeof STARTS)[number];
  readonly memory_bytes: number;
  readonly alert: {
    readonly denied_requests: number;
    readonly denied_seconds: number;
  };
  readonly webhook?: AuditWebhookConfig;
}

const STARTS = ['oldest', 'live', 'end'] as const;

/** A resource as RBAC writes it, with its group behind a point: no version, no subresource. */
const RESOURCE = /^[a-z][a-z0-9-]*(?:\.[a-z0-9][a-z0-9.-]*)?$/;

/** The audit log of the API server of this node. */
export const auditSchema: z.ZodType<AuditConfig> = z
  .strictObject({
    log_path: absolutePath()
      .exactOptional()
      .describe('The live file that the API server writes (--audit-log-path); its rotated files stand beside it. Absent: none is read.'),
    tenant: tenant().default('audit').describe('Tenant that audit events are pushed as, in place of that of the output.'),
    policy_file: absolutePath()
      .exactOptional()
      .describe("An audit policy that lowers what leaves the node, beside the API server's own; read at the start."),
    secret_resources: z
      .array(z.string().regex(RESOURCE, { error: 'not a resource, write one like certificates.cert-manager.io' }))
      .default([])
      .describe('Resources whose bodies never leave the node, beside secrets, configmaps and tokens: name, or name.group.'),
    service_name: labelValue().default('kube-apiserver').describe('The label service_name of audit events.'),
    start: z
      .enum(STARTS)
      .default('oldest')
      .describe('Where an audit log without a position is begun: at its oldest file, at its live file, or behind what is in that.'),
    memory_bytes: wholeNumber(1_048_576, 1_073_741_824)
      .default(16_777_216)
      .describe('Bytes of audit events held in memory, beside limits.memory_bytes: what applications write takes none of it.'),
    alert: z
      .strictObject({
        denied_requests: wholeNumber(2, 100)
          .default(10)
          .describe('So many requests of one user for secrets that the API server denies are a warning in the log of the agent.'),
        denied_seconds: wholeNumber(1, 3600).default(60).describe('Within so many seconds, by the times of the events.'),
      })
      .prefault({})
      .describe('What in audit events is a warning in the log of the agent.'),
    webhook: auditWebhookSchema.exactOptional(),
  })
  .prefault({})
  .describe('The audit log of the API server of this node.');
