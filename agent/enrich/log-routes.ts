import type { AppliedRoute } from '../model/applied-route.ts';
import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import { renderTenant, type TenantField, type TenantTemplate } from '../model/tenant-template.ts';
import { type LogRule, matchesRule } from './log-rule.ts';

/** Where the entries of some logs go. */
export interface LogRoute {
  /** Null: all logs. */
  readonly logs: LogRule | null;
  /** It is for some of their lines only. */
  readonly isByLine: boolean;
  /** Names; null: all. */
  readonly outputs: readonly string[] | null;
  /** Null: that of the output. */
  readonly tenant: TenantTemplate | null;
}

/** The rules that are for a log, in their order, up to one that is for all its lines. What is asked of a pod that is not known does not match. */
export function routesOfLog(rules: readonly LogRoute[], source: Source, pod: Pod | null): AppliedRoute[] {
  const applied: AppliedRoute[] = [];
  for (const [number, { logs, isByLine, tenant }] of rules.entries()) {
    if (logs !== null && matchesRule(logs, source, pod) !== true) continue;
    applied.push([number, tenant === null ? null : renderTenant(tenant, (field) => valueOf(field, source, pod))]);
    if (!isByLine) break;
  }
  return applied;
}

/** Whether no line of a log goes to an output, as far as is known of its pod. */
export function isKeptFrom(output: string, rules: readonly LogRoute[], { source, pod }: { source: Source; pod: Pod | null }): boolean {
  for (const { logs, isByLine, outputs } of rules) {
    const matches = logs === null ? true : matchesRule(logs, source, pod);
    if (matches === false) continue;
    if (matches === 'unknown' || outputs === null || outputs.includes(output)) return false;
    if (!isByLine) return true;
  }
  return false;
}

function valueOf(field: TenantField, { namespace }: Source, pod: Pod | null): string | null {
  if (field.field === 'namespace') return namespace;
  const labels = field.field === 'pod_label' ? pod?.labels : pod?.namespaceLabels;
  return labels?.[field.name] || null;
}
