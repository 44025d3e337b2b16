import { matchesGlob } from '../model/glob.ts';
import type { KeyPath } from './problem.ts';
import type { Config } from './schema.ts';
import type { StageConfig } from './stages-schema.ts';
import type { Warning } from './warnings.ts';

/** What of tenants is probably not what was meant. */
export function tenantWarnings(config: Config): Warning[] {
  const useless = config.tenants.allowed.length === 0 ? tenantStages(config.stages, ['stages']) : [];
  const message = 'has no effect: tenants.allowed names no tenant';
  return [...useless.map((path) => ({ path, message })), ...sharedTenants(config), ...auditAllowed(config)];
}

/** Where stages say a tenant; `path`: of the list. */
function tenantStages(stages: readonly StageConfig[], path: KeyPath): KeyPath[] {
  return stages.flatMap(({ tenant, match }, index) => [
    ...(tenant === undefined ? [] : [[...path, index, 'tenant']]),
    ...tenantStages(match?.stages ?? [], [...path, index, 'match', 'stages']),
  ]);
}

/** Lines of containers may be given the tenant that is kept for audit events. */
function auditAllowed({ tenants, audit }: Config): Warning[] {
  if (audit.log_path === undefined && audit.webhook === undefined) return [];
  const index = tenants.allowed.findIndex((glob) => matchesGlob(glob, audit.tenant));
  if (index === -1) return [];
  const message = `container logs may go as ${audit.tenant} then, among audit events; write tenants that it is none of`;
  return [{ path: ['tenants', 'allowed', index], message }];
}

/** Outputs to which audit events go as the tenant that container logs go there as. */
function sharedTenants({ outputs, audit }: Config): Warning[] {
  if (audit.log_path === undefined) return [];
  const logTenants = (url: string): (string | undefined)[] =>
    outputs.filter((output) => output.url === url && output.logs.includes('containers')).map(({ tenant }) => tenant);
  return outputs
    .filter(({ url, logs }) => logs.includes('audit') && logTenants(url).includes(audit.tenant))
    .map(({ name }) => ({
      path: ['audit', 'tenant'],
      message: `container logs go to the store of output ${name} as ${audit.tenant} too: whoever reads them reads audit events, and both are kept as long; write a tenant that nothing else has`,
    }));
}
