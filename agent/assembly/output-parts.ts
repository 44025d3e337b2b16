import type { OutputPart } from './assemble-output.ts';
import { auditSources } from '../audit-intake/audit-sources.ts';
import type { Config } from '../config/schema.ts';
import { containerKind, lineMemory } from './container-kind.ts';
import { MOST_AUDIT_LINE_BYTES, shareMemory } from '../model/memory-share.ts';
import type { LineMemory } from '../runtime/line-memory.ts';
import { ONE_TENANT, tenancyOf } from './tenancy.ts';
import type { LogSource, Source } from '../model/source.ts';

type OutputConfig = Config['outputs'][number];

/** Names of outputs hold no point. */
const AUDIT = '.audit';

/** The name of what takes audit events of an output. */
function auditName({ name }: OutputConfig): string {
  return `${name}${AUDIT}`;
}

/** What takes container logs, for each output that shall have them. */
export function containerParts(config: Config): OutputPart<Source>[] {
  const { outputs, limits, containers } = config;
  const takers = outputs.filter(({ logs }) => logs.includes('containers'));
  const memory = shareMemory(limits.memory_bytes, takers.length);
  const { max_line_bytes: maxLineBytes } = containers;
  const tenancy = tenancyOf(config);
  return takers.map((written) => {
    const { name, tenant = null } = written;
    let lines: LineMemory | null = null;
    return {
      written,
      name,
      tenant,
      isTenantApart: false,
      memory,
      maxLineBytes,
      tenancy,
      // Made when it is needed: of a plan it may never be.
      get lines() {
        lines ??= lineMemory(config);
        return lines;
      },
      kind: containerKind,
    };
  });
}

function auditTakers(config: Config): OutputConfig[] {
  return auditSources(config).length === 0 ? [] : config.outputs.filter(({ logs }) => logs.includes('audit'));
}

/** Names of the parts that take audit events. */
export function auditNames(config: Config): string[] {
  return auditTakers(config).map(auditName);
}

/** What takes audit events, for each output that shall have them: nothing of it is shared with what takes container logs. */
export function auditParts(config: Config, kind: OutputPart<LogSource>['kind']): OutputPart<LogSource>[] {
  const { audit } = config;
  const takers = auditTakers(config);
  const memory = { batchBytes: Math.floor(audit.memory_bytes / takers.length), partBytes: 0 };
  return takers.map((written) => ({
    written,
    name: auditName(written),
    tenant: audit.tenant,
    isTenantApart: true,
    memory,
    maxLineBytes: MOST_AUDIT_LINE_BYTES,
    tenancy: ONE_TENANT,
    lines: null,
    kind,
  }));
}

/** The output that a name of a part belongs to, and the tenant that the part pushes as; null for one that is not configured. */
export function outputNamed(
  { outputs, audit }: Config,
  name: string,
): { readonly written: OutputConfig; readonly tenant: string | null } | null {
  for (const written of outputs) {
    if (written.name === name) return { written, tenant: written.tenant ?? null };
    if (auditName(written) === name) return { written, tenant: audit.tenant };
  }
  return null;
}
