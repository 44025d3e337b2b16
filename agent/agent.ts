import type { LintLogs } from './lint/lint-logs.ts';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type AssembledOutput, assembleOutput, type OutputPart, type Surroundings } from './assemble-output.ts';
import { auditSources, spoolSource } from './audit-sources.ts';
import type { AuditWebhook } from './audit-webhook.ts';
import type { Policy } from './audit/policy.ts';
import type { Checkpoints } from './checkpoint/checkpoint-document.ts';
import { CheckpointStore } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { reportFindings } from './checkpoint/report-findings.ts';
import { conventionsIn } from './config/kubernetes-schema.ts';
import { parseListenAddress } from './config/listen-address.ts';
import type { Config } from './config/schema.ts';
import { Discovery } from './discover/discovery.ts';
import { WatchHint } from './discover/watch-hint.ts';
import { AnnotationFaults } from './enrich/annotation-faults.ts';
import { LabelBudget } from './enrich/label-budget.ts';
import { Selection } from './enrich/selection.ts';
import { Retention } from './ledger/retention.ts';
import { loadJmesPath } from './load-jmespath.ts';
import type { FileId } from './model/position.ts';
import type { LogSource } from './model/source.ts';
import { auditNames, auditParts, containerParts } from './output-parts.ts';
import { aborted } from './runtime/aborted.ts';
import type { Kubeconfig } from './model/kubeconfig.ts';
import type { Environment } from './runtime/environment.ts';
import type { NodePods } from './node-pods.ts';
import type { Clock } from './runtime/clock.ts';
import { systemFiles } from './runtime/file-system.ts';
import { type Logger, ThrottledLogger } from './runtime/logger.ts';
import { Wakeup } from './runtime/wakeup.ts';
import { HttpServer, type Pages } from './serve/http-server.ts';
import type { AgentStatus } from './serve/agent-status.ts';
import { Metrics } from './serve/metrics.ts';
import { healthPage, type Readiness, readinessPage } from './serve/probes.ts';
import { Descriptors } from './tail/descriptors.ts';
import { isSpoolNeeded } from './spool-need.ts';
import { Takeover } from './takeover.ts';

export interface AgentParts {
  readonly config: Config;
  /** The process's: it may name the cluster's API server, and a proxy. */
  readonly env: Environment;
  /** What the file `kubernetes.kubeconfig` holds; null without that key. */
  readonly kubeconfig: Kubeconfig | null;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
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
  const surroundings = await surroundingsOf(parts, checkpoints, { log, progress, pods });
  const policy = await nodePolicy(config);
  const webhook = await openWebhook(parts, policy, log);
  if (webhook !== null) stack.use(webhook);
  const outputs = await assembleAll({ config, policy, checkpoints }, surroundings);
  for (const { output, lanes, tenantCheck } of outputs) {
    stack.use(output);
    stack.use(tenantCheck);
    stack.use(lanes);
  }
  const hint = new Wakeup();
  const { log_dir: logDir, scan_interval_seconds: scanSeconds } = config.containers;
  const discovery = new Discovery({ options: { logDir, scanIntervalMs: scanSeconds * 1000 }, hint, clock, log });
  const startedMs = checkpoints.startedMs ?? clock.now();
  // Where logs are begun the first time is decided by the first scan: before that, the next start is still the first.
  const collect = (): Checkpoints => ({
    ...(discovery.scans === 0 ? checkpoints : { startedMs, imported: surroundings.takeover.imported }),
    outputs: positionsOf(outputs),
  });
  const checkpointer = new Checkpointer({ store, collect, progress, clock, log });
  if (config.containers.watch) {
    const onTrouble = (error: unknown): unknown =>
      log.warn('', { detail: String(error) }, 'hints of new containers no longer come; the scan still finds them');
    stack.use(new WatchHint([join(logDir, 'containers'), join(logDir, 'pods')], hint, onTrouble));
  }
  const lint = await openLint(surroundings, discovery);
  const running = { parts, pods, webhook, outputs, discovery, lint, checkpointer, surroundings };
  const server = await HttpServer.listen(parseListenAddress(config.server.listen)!, pagesOf(running));
  stack.use(server);
  logger.info({ version: parts.version, node: config.node_name, port: server.port }, 'agent started');

  start(outputs);
  const reading = new AbortController();
  const checkpointing = new AbortController();
  const tasks = [
    discovery.run((sources) => outputs.forEach(({ update }) => update(sources)), reading.signal),
    ...outputs.map(({ pipeline }) => pipeline.run(reading.signal)),
    ...(pods === null ? [] : [pods.run(reading.signal)]),
    ...(lint === null ? [] : [lint.run(reading.signal)]),
    ...(webhook === null ? [] : [webhook.run(spoolNeed(config, checkpointer), reading.signal)]),
  ];
  const durability = checkpointer.run(config.checkpoint.interval_seconds * 1000, checkpointing.signal);
  await Promise.race([aborted(stop), ...tasks, durability]);

  logger.info({}, 'stopping: reading ends, what was read is sent');
  reading.abort();
  await Promise.all(tasks);
  await drain(outputs, config.limits.drain_seconds * 1000, clock);
  checkpointing.abort();
  await durability;
  await checkpointer.save();
  for (const { pipeline } of outputs) pipeline.close();
  logger.info({}, 'agent stopped');
}

/** Null where the API server is not asked; what asking it takes is loaded only where it is. */
async function findPods({ config, env, kubeconfig, version, clock }: AgentParts, log: ThrottledLogger): Promise<NodePods | null> {
  if (!config.kubernetes.enabled) return null;
  const { NodePods } = await import('./node-pods.ts');
  return NodePods.find({ config, env, kubeconfig, version, clock, log });
}

/** Null where nothing is received; what receiving takes is loaded only where it is. */
async function openWebhook({ config, clock }: AgentParts, policy: Policy | null, log: ThrottledLogger): Promise<AuditWebhook | null> {
  const { webhook } = config.audit;
  if (webhook === undefined) return null;
  const { openAuditWebhook } = await import('./open-audit-webhook.ts');
  return openAuditWebhook(webhook, { config, policy, clock, log });
}

/** Tells whether a file of the spool is needed by the outputs that read it. */
function spoolNeed(config: Config, checkpointer: Checkpointer): (file: FileId, path: string) => boolean {
  const { id } = spoolSource(config)!;
  const takers = auditNames(config);
  return (file, path) =>
    isSpoolNeeded(
      file,
      path,
      id,
      takers.map((taker) => checkpointer.saved?.outputs[taker] ?? {}),
    );
}

/** Null where nobody looks at how containers log; what that takes is loaded only where it is. */
async function openLint(surroundings: Surroundings, discovery: Discovery): Promise<LintLogs | null> {
  if (surroundings.config.lint.interval_seconds === 0) return null;
  const { openLint } = await import('./open-lint.ts');
  return openLint(surroundings, () => discovery.sources);
}

interface AssemblyParts {
  readonly config: Config;
  readonly policy: Policy | null;
  readonly checkpoints: Checkpoints;
}

/** What reading audit events takes is loaded only where there are any. */
async function assembleAll({ config, policy, checkpoints }: AssemblyParts, surroundings: Surroundings): Promise<AssembledOutput[]> {
  const { outputs } = checkpoints;
  const assemble = <S extends LogSource>(part: OutputPart<S>): AssembledOutput =>
    assembleOutput(part, outputs[part.name] ?? {}, surroundings);
  const containers = containerParts(config).map(assemble);
  if (auditNames(config).length === 0) return containers;
  const { auditKind } = await import('./audit-kind.ts');
  return [...containers, ...auditParts(config, (kindParts) => auditKind({ ...kindParts, policy })).map(assemble)];
}

/** Null where none is named. Rejects over one that cannot be read: without it more would leave the node than is meant to. */
async function nodePolicy(config: Config): Promise<Policy | null> {
  const { policy_file: file } = config.audit;
  if (file === undefined || auditSources(config).length === 0) return null;
  const { readNodePolicy } = await import('./node-policy.ts');
  return readNodePolicy(file);
}

async function surroundingsOf(
  { config, version, clock, logger }: AgentParts,
  { imported, startedMs }: Checkpoints,
  { log, progress, pods }: { log: ThrottledLogger; progress: Wakeup; pods: NodePods | null },
): Promise<Surroundings> {
  const { container_log_max_bytes: maxBytes = null, container_log_max_files: maxFiles = null } = config.kubelet;
  return {
    log,
    progress,
    pods: pods?.lookup,
    selection: new Selection({ ...config.containers, conventions: conventionsIn(config.kubernetes) }, pods?.known ?? null),
    faults: new AnnotationFaults(log),
    labelBudget: labelBudgetOf(config, clock, log),
    compileJmesPath: await loadJmesPath(config.stages),
    config,
    version,
    clock,
    allowedRoots: config.containers.allowed_roots.map(realPath),
    podsDir: realPath(join(config.containers.log_dir, 'pods')),
    descriptors: new Descriptors(config.limits.open_files, clock),
    retention: new Retention({ maxBytes, maxFiles }),
    takeover: await Takeover.read(config, imported, logger),
    fs: systemFiles,
    realPath,
    isFirstRun: startedMs === null,
  };
}

function labelBudgetOf({ labels }: Config, clock: Clock, log: ThrottledLogger): LabelBudget {
  const { max_values: maxValues, max_namespace_values: maxNamespaceValues } = labels;
  return new LabelBudget({ maxValues, maxNamespaceValues }, clock, log);
}

function start(outputs: readonly AssembledOutput[]): void {
  for (const { lanes, tenantCheck } of outputs) {
    lanes.start();
    tenantCheck?.start();
  }
}

async function drain(outputs: readonly AssembledOutput[], drainMs: number, clock: Clock): Promise<void> {
  const deadline = new AbortController();
  const settled = new AbortController();
  const timer = clock.sleep(drainMs, settled.signal).then(() => deadline.abort());
  await Promise.all(outputs.map(({ lanes }) => lanes.drain(deadline.signal)));
  settled.abort();
  await timer;
}

function positionsOf(outputs: readonly AssembledOutput[]): Checkpoints['outputs'] {
  return Object.fromEntries(outputs.map(({ name, pipeline }) => [name, pipeline.checkpoint()]));
}

function readinessOf({ pods, webhook, outputs, discovery: { scans }, checkpointer: { undurable } }: StatusParts): Readiness {
  const lanes = outputs.flatMap(({ name, required, lanes: { states } }) => states.map((state) => ({ name, required, ...state })));
  return { scans, lanes, undurable, awaitsPods: pods?.awaited ?? false, spoolIsFull: webhook?.isFull ?? false };
}

interface StatusParts {
  readonly parts: AgentParts;
  readonly pods: NodePods | null;
  readonly webhook: AuditWebhook | null;
  readonly outputs: readonly AssembledOutput[];
  readonly discovery: Discovery;
  readonly lint: LintLogs | null;
  readonly checkpointer: Checkpointer;
  readonly surroundings: Surroundings;
}

function pagesOf(running: StatusParts): Pages {
  const { parts, outputs } = running;
  const { clock } = parts;
  const metrics = new Metrics(parts.version, () => statusOf(running));
  const pipelines = outputs.map(({ pipeline }) => pipeline);
  return {
    '/healthz': () => healthPage(pipelines, clock.monotonic()),
    '/readyz': () => readinessPage(readinessOf(running), clock.monotonic()),
    '/metrics': () => metrics.page(),
  };
}

function statusOf({ parts, pods, webhook, outputs, discovery, lint, checkpointer, surroundings }: StatusParts): AgentStatus {
  const { descriptors, selection, labelBudget } = surroundings;
  const required = outputs.filter((output) => output.required);
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
    outputs: outputs.map(({ name, counters, totals, pipeline, lanes, tenants, budget, auditCounts, limitUses, tenantCheck }) => ({
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

/** A root that does not exist stays as written: nothing can lie in it. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
