import { type AssembledOutput, assembleOutput, type Counted, type OutputPart, type Surroundings } from './assemble-output.ts';
import { auditSources } from '../audit-intake/audit-sources.ts';
import type { Policy } from '../audit/policy.ts';
import type { Config } from '../config/schema.ts';
import type { MemoryShare } from '../model/memory-share.ts';
import type { Position } from '../model/position.ts';
import type { LogSource } from '../model/source.ts';
import { auditNames, auditParts, containerParts } from './output-parts.ts';

/** A part of an output as a configuration wants it. */
export interface PlannedPart {
  readonly name: string;
  readonly written: Config['outputs'][number];
  readonly memory: MemoryShare;
  /** `counted`: what the part has counted whose place it takes. */
  assemble(positions: Readonly<Record<string, Position>>, counted?: Counted): AssembledOutput;
}

/** All parts of all outputs. What reading audit events takes is loaded only where there are any. */
export async function planParts(config: Config, policy: Policy | null, surroundings: Surroundings): Promise<PlannedPart[]> {
  const plan = <S extends LogSource>(part: OutputPart<S>): PlannedPart => ({
    name: part.name,
    written: part.written,
    memory: part.memory,
    assemble: (positions, counted) => assembleOutput(part, positions, surroundings, counted),
  });
  const containers = containerParts(config).map(plan);
  if (auditNames(config).length === 0) return containers;
  const { auditKind } = await import('../audit-intake/audit-kind.ts');
  return [...containers, ...auditParts(config, (kindParts) => auditKind({ ...kindParts, policy })).map(plan)];
}

/** Null where none is named. Rejects over one that cannot be read: without it more would leave the node than is meant to. */
export async function nodePolicy(config: Config): Promise<Policy | null> {
  const { policy_file: file } = config.audit;
  if (file === undefined || auditSources(config).length === 0) return null;
  const { readNodePolicy } = await import('../audit-intake/node-policy.ts');
  return readNodePolicy(file);
}
