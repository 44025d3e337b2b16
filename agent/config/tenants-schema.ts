import { z } from 'zod';
import { wholeNumber } from './scalar-schemas.ts';

/** As which tenants container logs may go, beside those that outputs push as. */
export interface TenantsConfig {
  readonly allowed: readonly string[];
  readonly max_per_node: number;
  readonly limits: readonly TenantLimitConfig[];
}

interface TenantLimitConfig {
  readonly tenant: string;
  readonly rate_bytes: number;
  readonly burst_bytes?: number;
}

/** Characters of a tenant that Loki takes, and of globs. */
const TENANT_GLOB = /^[A-Za-z0-9!\-_.*'()?]{1,150}$/;

const tenantGlob = (what: string): z.ZodString =>
  z
    .string()
    .regex(TENANT_GLOB, { error: "no tenant could match it, write letters, digits or !-_.'(), with * for any characters and ? for one" })
    .describe(what);

const limit: z.ZodType<TenantLimitConfig> = z.strictObject({
  tenant: tenantGlob('Tenant, as it is or with * for any characters and ? for one; the first limit that matches holds.'),
  rate_bytes: wholeNumber(1024, 1_099_511_627_776).describe(
    'Bytes of lines and metadata that each such tenant may send a second from this node to an output; what exceeds it waits in its files.',
  ),
  burst_bytes: wholeNumber(1024, 1_099_511_627_776)
    .exactOptional()
    .describe('Bytes that it may send at once after a pause; by default those of one second.'),
});

export const tenantsSchema: z.ZodType<TenantsConfig> = z
  .strictObject({
    allowed: z
      .array(tenantGlob('Tenant, as it is or with * for any characters and ? for one.'))
      .default([])
      .describe('Tenants that routes and stages may choose; any other goes as the tenant of the output, and is counted.'),
    max_per_node: wholeNumber(2, 1000)
      .default(32)
      .describe('Tenants that have logs on this node at once; one more goes as the tenant of the output. Each has memory of its own.'),
    limits: z.array(limit).default([]).describe('What tenants may send from this node; without one that matches, any amount.'),
  })
  .prefault({})
  .describe('Tenants of container logs, beside those of the outputs.');
