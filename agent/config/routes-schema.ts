import { z } from 'zod';
import { parseLineFilters } from '../logql/parse-log-selector.ts';
import { matchesGlob } from '../model/glob.ts';
import { parseTenantTemplate } from '../model/tenant-template.ts';
import { compilePattern } from '../patterns/pattern.ts';
import { type LogRuleConfig, logRule } from './log-rules-schema.ts';
import type { OutputConfig } from './output-schema.ts';
import type { TenantsConfig } from './tenants-schema.ts';

/** Where some entries go, and as whose. */
export interface RouteConfig {
  /** Absent: all logs. */
  readonly logs?: LogRuleConfig;
  /** Line filters of LogQL; absent: all lines. */
  readonly lines?: string;
  /** Names; absent: all outputs. */
  readonly outputs?: readonly string[];
  /** Absent: that of each output. */
  readonly tenant?: string;
}

const route: z.ZodType<RouteConfig> = z
  .strictObject({
    logs: logRule().exactOptional().describe('Which logs the rule is for, as in containers.exclude; without it all.'),
    lines: z
      .string()
      .superRefine((text, ctx) => {
        const read = parseLineFilters(text, compilePattern);
        if (typeof read === 'object') ctx.addIssue({ code: 'custom', message: read.fault });
      })
      .exactOptional()
      .describe(
        'Which of their lines, as stages leave them, by line filters of LogQL, like `|= "audit" !~ "debug|trace"`; without it all.',
      ),
    outputs: z
      .array(z.string())
      .min(1, { error: 'an empty list, name outputs; what shall go nowhere is left out by containers.exclude or by stages' })
      .exactOptional()
      .describe('Names of the outputs that these entries go to; without it all that take logs of containers.'),
    tenant: z
      .string()
      .superRefine((text, ctx) => {
        const read = parseTenantTemplate(text);
        if (typeof read === 'string') ctx.addIssue({ code: 'custom', message: read });
      })
      .exactOptional()
      .describe(
        'Tenant that they go as, with {namespace}, {pod_label:NAME} and {namespace_label:NAME} in it; one of tenants.allowed. Where a label is missing, that of the output.',
      ),
  })
  .refine(({ outputs, tenant }) => outputs !== undefined || tenant !== undefined, {
    error: 'changes nothing, write outputs or tenant',
    when: ({ issues }) => issues.length === 0,
  });

export const routesSchema: z.ZodType<readonly RouteConfig[]> = z
  .array(route)
  .default([])
  .describe(
    'Where entries of containers go, and as which tenant: the first rule that matches an entry holds for it. Without one it goes to all outputs.',
  );

interface Written {
  readonly routes: readonly RouteConfig[];
  readonly tenants: TenantsConfig;
  readonly outputs: readonly OutputConfig[];
}

/** Reports names of outputs that are none, or take no logs of containers, and tenants that are not allowed. */
export function checkRoutes({ routes, tenants, outputs }: Written, ctx: z.core.$RefinementCtx): void {
  const takers = outputs.filter(({ logs }) => logs.includes('containers')).map(({ name }) => name);
  for (const [index, { outputs: names = [], tenant }] of routes.entries()) {
    for (const [at, name] of names.entries()) {
      if (takers.includes(name)) continue;
      const message = `no output that takes logs of containers has this name, write one of ${takers.join(', ')}`;
      ctx.addIssue({ code: 'custom', path: ['routes', index, 'outputs', at], message });
    }
    const fault = tenant === undefined ? null : tenantFault(tenant, tenants);
    if (fault !== null) ctx.addIssue({ code: 'custom', path: ['routes', index, 'tenant'], message: fault });
  }
}

/** Null for one that may be made; what its fields hold is seen when it is. */
function tenantFault(tenant: string, { allowed }: TenantsConfig): string | null {
  if (allowed.length === 0) return 'tenants.allowed names no tenant, list there which may be made';
  if (tenant.includes('{') || allowed.some((glob) => matchesGlob(glob, tenant))) return null;
  return `${tenant} is none of tenants.allowed, add it there`;
}
