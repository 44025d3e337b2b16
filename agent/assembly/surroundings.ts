import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Surroundings } from './assemble-output.ts';
import { conventionsIn } from '../model/exclusion.ts';
import type { Config } from '../config/schema.ts';
import { AnnotationFaults } from '../enrich/annotation-faults.ts';
import { LabelBudget } from '../enrich/label-budget.ts';
import { Selection } from '../enrich/selection.ts';
import { Retention } from '../ledger/retention.ts';
import { loadJmesPath } from '../handling/load-jmespath.ts';
import type { NodePods } from './node-pods.ts';
import type { Clock } from '../runtime/clock.ts';
import { systemFiles } from '../runtime/file-system.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { Wakeup } from '../runtime/wakeup.ts';
import { Descriptors } from '../tail/descriptors.ts';
import type { Takeover } from './takeover.ts';

interface AgentSurroundings {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
  /** Rings when positions have moved. */
  readonly progress: Wakeup;
  /** Null: the API server is not asked. */
  readonly pods: NodePods | null;
  readonly takeover: Takeover;
  readonly isFirstRun: boolean;
}

/** What all outputs of an agent have in common at its start. */
export async function surroundingsOf({
  config,
  version,
  clock,
  log,
  progress,
  pods,
  takeover,
  isFirstRun,
}: AgentSurroundings): Promise<Surroundings> {
  return {
    ...(await configured(config, pods)),
    retention: retentionOf(config),
    log,
    progress,
    pods: pods?.lookup,
    faults: new AnnotationFaults(log),
    labelBudget: labelBudgetOf(config, clock, log),
    version,
    clock,
    podsDir: realPath(join(config.containers.log_dir, 'pods')),
    descriptors: new Descriptors(config.limits.open_files, clock),
    takeover,
    fs: systemFiles,
    realPath,
    isFirstRun,
  };
}

/** The same under another configuration, for what is built from now on: whatever is new then was not there before the agent was. */
export async function resurround(surroundings: Surroundings, config: Config, pods: NodePods | null): Promise<Surroundings> {
  const { clock, log, labelBudget, config: before } = surroundings;
  const { max_values: maxValues, max_namespace_values: maxNamespaceValues } = config.labels;
  const isSameBudget = maxValues === before.labels.max_values && maxNamespaceValues === before.labels.max_namespace_values;
  const isSameRetention = isDeepStrictEqual(config.kubelet, before.kubelet);
  return {
    ...surroundings,
    ...(await configured(config, pods)),
    labelBudget: isSameBudget ? labelBudget : labelBudgetOf(config, clock, log),
    retention: isSameRetention ? surroundings.retention : retentionOf(config),
    isFirstRun: false,
  };
}

type Configured = Pick<Surroundings, 'config' | 'selection' | 'allowedRoots' | 'compileJmesPath'>;

async function configured(config: Config, pods: NodePods | null): Promise<Configured> {
  return {
    config,
    selection: new Selection({ ...config.containers, conventions: conventionsIn(config.kubernetes) }, pods?.known ?? null),
    compileJmesPath: await loadJmesPath(config.stages),
    allowedRoots: config.containers.allowed_roots.map(realPath),
  };
}

function labelBudgetOf({ labels }: Config, clock: Clock, log: ThrottledLogger): LabelBudget {
  const { max_values: maxValues, max_namespace_values: maxNamespaceValues } = labels;
  return new LabelBudget({ maxValues, maxNamespaceValues }, clock, log);
}

function retentionOf({ kubelet }: Config): Retention {
  const { container_log_max_bytes: maxBytes = null, container_log_max_files: maxFiles = null } = kubelet;
  return new Retention({ maxBytes, maxFiles });
}

/** A root that does not exist stays as written: nothing can lie in it. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
