import type { LintLogs } from './lint/lint-logs.ts';
import { join } from 'node:path';
import { spoolSource } from './audit-intake/audit-sources.ts';
import type { AuditWebhook } from './audit-intake/audit-webhook.ts';
import type { Policy } from './audit/policy.ts';
import type { Checkpoints } from './checkpoint/checkpoint-document.ts';
import { CheckpointStore } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { reportFindings } from './checkpoint/report-findings.ts';
import type { Config } from './config/schema.ts';
import { Discovery, type DiscoveryOptions } from './discover/discovery.ts';
import { WatchHint } from './discover/watch-hint.ts';
import { InForce } from './assembly/in-force.ts';
import type { FileId } from './model/position.ts';
import { auditNames } from './assembly/output-parts.ts';
import { nodePolicy, planParts } from './assembly/plan-parts.ts';
import { Reloader, type ReloaderParts } from './reload/reloader.ts';
import { aborted } from './runtime/aborted.ts';
import type { Kubeconfig } from './model/kubeconfig.ts';
import type { Environment } from './runtime/environment.ts';
import type { NodePods } from './assembly/node-pods.ts';
import { RunningOutputs } from './assembly/running-outputs.ts';
import type { Clock } from './runtime/clock.ts';
import { type LevelledLogger, ThrottledLogger } from './runtime/logger.ts';
import { Wakeup } from './runtime/wakeup.ts';
import type { Pages } from './serve/http-server.ts';
import type { AgentStatus } from './serve/agent-status.ts';
import { Metrics } from './serve/metrics.ts';
import { type Beats, healthPage, type Readiness, readinessPage } from './serve/probes.ts';
import { isSpoolNeeded } from './audit-intake/spool-need.ts';
import { surroundingsOf } from './assembly/surroundings.ts';
import { Takeover } from './assembly/takeover.ts';

export interface AgentParts {
  readonly config: Config;
  /** The process's: it may name the cluster's API server, and a proxy. */
  readonly env: Environment;
  /** What the file `kubernetes.kubeconfig` holds; null without that key. */
  readonly kubeconfig: Kubeconfig | null;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: LevelledLogger;
  /** How the configuration is read again while the agent runs; null: it is not. */
  readonly reload: Pick<ReloaderParts, 'file' | 'digest' | 'asked' | 'check'> | null;
  /** What the process uses: CPU seconds since its start, resident bytes now. */
  readonly usage: () => { readonly cpuSeconds: number; readonly residentBytes: number };
}

/**
 * Runs the agent until `stop` aborts: then reading stops, what was read is sent and waited for until the drain deadline, positions
 * are written, and all is closed. Built in order inside one stack, so that disposal undoes it backwards. Rejects over what makes
 * running impossible: an address that is taken.
 */
export async function runAgent(parts: AgentParts, stop: AbortSignal): Promise<void> {
  const { config, clock, logger } = parts;
  const log = new ThrottledLogger(logger, clock);
  await using stack = new AsyncDisposableStack();
  const store = new CheckpointStore(config.state_dir);
  const { checkpoints, findings } = await store.load();
  reportFindings(findings, logger);

  const progress = new Wakeup();
  const pods = await findPods(parts, log);
  if (pods !== null) stack.use(pods);
  const takeover = await Takeover.read(config, checkpoints.imported, logger);
  const surroundings = await surroundingsOf({ ...parts, log, progress, pods, takeover, isFirstRun: checkpoints.startedMs === null });
  const policy = await nodePolicy(config);
  const webhook = await openWebhook(parts, policy, log);
  if (webhook !== null) stack.use(webhook);
  const outputs = new RunningOutputs(await planParts(config, policy, surroundings), checkpoints.outputs, { config, clock });
  stack.use(outputs);
  const hint = new Wakeup();
  const inForce = new InForce({ surroundings, kubeconfig: parts.kubeconfig, policy, pods, outputs, logger, hint });
  const discovery = new Discovery({ options: discoveryOptions(inForce), hint, clock, log });
  const startedMs = checkpoints.startedMs ?? clock.now();
  // Where logs are begun the first time is decided by the first scan: before that, the next start is still the first.
  const collect = (): Checkpoints => ({
    ...(discovery.scans === 0 ? checkpoints : { startedMs, imported: takeover.imported }),
    outputs: outputs.positions,
  });
  const checkpointer = new Checkpointer({ store, collect, progress, clock, log });
  if (config.containers.watch) {
    const { log_dir: logDir } = config.containers;
    const onTrouble = (error: unknown): unknown =>
      log.warn('', { detail: String(error) }, 'hints of new containers no longer come; the scan still finds them');
    stack.use(new WatchHint([join(logDir, 'containers'), join(logDir, 'pods')], hint, onTrouble));
  }
  const lint = await openLint(inForce, discovery);
  const reloader = parts.reload === null ? null : new Reloader({ ...parts.reload, running: inForce, clock, logger });
  stack.use(inForce);
  const port = await inForce.listen(pagesOf({ parts, pods, webhook, outputs, discovery, lint, checkpointer, inForce, reloader }));
  logger.info({ version: parts.version, node: config.node_name, port }, 'agent started');

  const reading = new AbortController();
  const checkpointing = new AbortController();
  const tasks = [
    discovery.run((sources) => outputs.update(sources), reading.signal),
    outputs.run(reading.signal),
    ...(pods === null ? [] : [pods.run(reading.signal)]),
    ...(lint === null ? [] : [lint.run(reading.signal)]),
    ...(webhook === null ? [] : [webhook.run(spoolNeed(inForce, checkpointer), reading.signal)]),
    ...(reloader === null ? [] : [reloader.run(reading.signal)]),
  ];
  const durability = checkpointer.run(() => inForce.config.checkpoint.interval_seconds * 1000, checkpointing.signal);
  await Promise.race([aborted(stop), ...tasks, durability]);

  logger.info({}, 'stopping: reading ends, what was read is sent');
  reading.abort();
  await Promise.all(tasks);
  await outputs.drain(inForce.config.limits.drain_seconds * 1000);
  checkpointing.abort();
  await durability;
  await checkpointer.save();
  outputs.close();
  logger.info({}, 'agent stopped');
}

function discoveryOptions(inForce: InForce): DiscoveryOptions {
  return {
    logDir: inForce.config.containers.log_dir,
    get scanIntervalMs() {
      return inForce.config.containers.scan_interval_seconds * 1000;
    },
  };
}

/** Null where the API server is not asked; what asking it takes is loaded only where it is. */
async function findPods({ config, env, kubeconfig, version, clock }: AgentParts, log: ThrottledLogger): Promise<NodePods | null> {
  if (!config.kubernetes.enabled) return null;
  const { NodePods } = await import('./assembly/node-pods.ts');
  return NodePods.find({ config, env, kubeconfig, version, clock, log });
}

/** Null where nothing is received; what receiving takes is loaded only where it is. */
async function openWebhook({ config, clock }: AgentParts, policy: Policy | null, log: ThrottledLogger): Promise<AuditWebhook | null> {
  const { webhook } = config.audit;
  if (webhook === undefined) return null;
  const { openAuditWebhook } = await import('./audit-intake/open-audit-webhook.ts');
  return openAuditWebhook(webhook, { config, policy, clock, log });
}

/** Tells whether a file of the spool is needed by the outputs that read it. */
function spoolNeed(inForce: InForce, checkpointer: Checkpointer): (file: FileId, path: string) => boolean {
  const { id } = spoolSource(inForce.config)!;
  const saved = (taker: string): Checkpoints['outputs'][string] => checkpointer.saved?.outputs[taker] ?? {};
  return (file, path) => isSpoolNeeded(file, path, id, auditNames(inForce.config).map(saved));
}

/** Null where nobody looks at how containers log; what that takes is loaded only where it is. */
async function openLint(inForce: InForce, discovery: Discovery): Promise<LintLogs | null> {
  if (inForce.config.lint.interval_seconds === 0) return null;
  const { openLint } = await import('./assembly/open-lint.ts');
  return openLint(
    () => inForce.surroundings,
    () => discovery.sources,
  );
}

function readinessOf({ pods, webhook, outputs, discovery: { scans }, checkpointer: { undurable }, reloader }: StatusParts): Readiness {
  const lanes = outputs.all.flatMap(({ name, required, lanes: { states } }) => states.map((state) => ({ name, required, ...state })));
  return {
    scans,
    lanes,
    undurable,
    awaitsPods: pods?.awaited ?? false,
    spoolIsFull: webhook?.isFull ?? false,
    reload: reloader?.status ?? null,
  };
}

interface StatusParts {
  readonly parts: AgentParts;
  readonly pods: NodePods | null;
  readonly webhook: AuditWebhook | null;
  readonly outputs: RunningOutputs;
  readonly discovery: Discovery;
  readonly lint: LintLogs | null;
  readonly checkpointer: Checkpointer;
  readonly inForce: InForce;
  /** Null: the configuration stays as it is. */
  readonly reloader: Reloader | null;
}

function pagesOf(running: StatusParts): Pages {
  const { parts, outputs } = running;
  const { clock } = parts;
  const metrics = new Metrics(parts.version, () => statusOf(running));
  const pipelines = (): Beats[] => outputs.all.map(({ pipeline }) => pipeline);
  return {
    '/healthz': () => healthPage(pipelines(), clock.monotonic()),
    '/readyz': () => readinessPage(readinessOf(running), clock.monotonic()),
    '/metrics': () => metrics.page(),
  };
}

function statusOf({ parts, pods, webhook, outputs, discovery, lint, checkpointer, inForce, reloader }: StatusParts): AgentStatus {
  const { descriptors, selection, labelBudget } = inForce.surroundings;
  const required = outputs.all.filter((output) => output.required);
  const nowMs = parts.clock.monotonic();
  return {
    ...parts.usage(),
    nowMs: parts.clock.monotonic(),
    kubernetes: pods?.status ?? null,
    ...(webhook === null ? {} : { auditWebhook: webhook }),
    scans: discovery.scans,
    refusedLinks: discovery.refusedLinks,
    labelUse: labelBudget?.use ?? new Map(),
    lint: lint?.shares ?? [],
    excluded: selection?.count(discovery.sources) ?? new Map(),
    checkpointFailures: checkpointer.failures,
    checkpointAgeSeconds: (nowMs - checkpointer.savedMs) / 1000,
    openFiles: descriptors.open,
    secondsUntilLoss: Math.min(Number.POSITIVE_INFINITY, ...required.map(({ secondsUntilLoss }) => secondsUntilLoss())),
    reload: reloader === null ? null : { ...reloader.status, deferredParts: outputs.deferred.length },
    outputs: outputs.all.map(({ name, counters, totals, pipeline, lanes, tenants, budget, auditCounts, limitUses, tenantCheck }) => ({
      name,
      counters,
      totals,
      sources: pipeline.sourceCount,
      unreadBytes: pipeline.unreadBytes,
      deletedBytes: pipeline.deletedBytes,
      unbalancedBytes: pipeline.unbalancedBytes,
      heldBytes: budget.usedBytes,
      queuedBatches: lanes.sum(({ queuedBatches }) => queuedBatches),
      inFlight: lanes.sum(({ inFlight }) => inFlight),
      window: lanes.sum(({ window }) => window),
      batchTargetBytes: lanes.own.batchTargetBytes,
      unopened: pipeline.unopened,
      limits: [...limitUses].map(([namespace, use]) => ({ namespace, ...use.status(nowMs) })),
      audit: auditCounts,
      tenants: tenants(),
      isTenantSeparated: tenantCheck?.separated ?? null,
    })),
  };
}
