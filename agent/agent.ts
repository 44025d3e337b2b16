import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type AssembledOutput, assembleOutput } from './assemble-output.ts';
import { type Checkpoints, CheckpointStore, type Generation } from './checkpoint/checkpoint-store.ts';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { parseListenAddress } from './config/listen-address.ts';
import type { Config } from './config/schema.ts';
import { Discovery } from './discover/discovery.ts';
import { WatchHint } from './discover/watch-hint.ts';
import { aborted } from './runtime/aborted.ts';
import type { Clock } from './runtime/clock.ts';
import { type Logger, ThrottledLogger } from './runtime/logger.ts';
import { Wakeup } from './runtime/wakeup.ts';
import { HttpServer } from './serve/http-server.ts';
import { type AgentStatus, Metrics } from './serve/metrics.ts';
import { healthPage, readinessPage } from './serve/probes.ts';

export interface AgentParts {
  readonly config: Config;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What the process uses: CPU seconds since its start, resident bytes now. */
  readonly usage: () => { readonly cpuSeconds: number; readonly residentBytes: number };
}

/**
 * Runs the agent until `stop` aborts: then reading stops, what was read is sent and waited for until the drain deadline, positions
 * are written, and all is closed. Built in order inside one stack, so that disposal undoes it backwards. Rejects over what makes
 * running impossible: a state directory that cannot be used, an address that is taken.
 */
export async function runAgent(parts: AgentParts, stop: AbortSignal): Promise<void> {
  const { config, clock, logger } = parts;
  const log = new ThrottledLogger(logger, clock);
  await using stack = new AsyncDisposableStack();
  const store = new CheckpointStore(config.state_dir);
  const { checkpoints, tried } = await store.load();
  for (const generation of tried) reportGeneration(generation, logger);

  const progress = new Wakeup();
  const allowedRoots = config.containers.allowed_roots.map(realPath);
  const surroundings = { config, allowedRoots, version: parts.version, clock, log, progress };
  const outputs = config.outputs.map((written) => assembleOutput(written, checkpoints[written.name] ?? {}, surroundings));
  for (const { output, lane } of outputs) {
    stack.use(output);
    stack.use(lane);
  }
  const collect = (): Checkpoints => Object.fromEntries(outputs.map(({ name, pipeline }) => [name, pipeline.checkpoint()]));
  const checkpointer = new Checkpointer({ store, collect, progress, clock, log });
  const hint = new Wakeup();
  const { log_dir: logDir, scan_interval_seconds: scanSeconds } = config.containers;
  const discovery = new Discovery({ options: { logDir, scanIntervalMs: scanSeconds * 1000 }, hint, clock, log });
  if (config.containers.watch) {
    const onTrouble = (error: unknown): void =>
      log.warn('', { detail: String(error) }, 'hints of new containers no longer come; the scan still finds them');
    stack.use(new WatchHint([join(logDir, 'containers'), join(logDir, 'pods')], hint, onTrouble));
  }
  const status = (): AgentStatus => statusOf(parts, outputs, discovery, checkpointer);
  const metrics = new Metrics(parts.version, status);
  const server = await HttpServer.listen(parseListenAddress(config.server.listen)!, {
    '/healthz': () =>
      healthPage(
        outputs.map(({ pipeline }) => pipeline),
        clock.monotonic(),
      ),
    '/readyz': () =>
      readinessPage(
        discovery.scans,
        outputs.map(({ name, lane }) => ({ name, state: lane.state })),
      ),
    '/metrics': () => metrics.page(),
  });
  stack.use(server);
  logger.info({ version: parts.version, node: config.node_name, port: server.port }, 'agent started');

  for (const { lane } of outputs) lane.start();
  const reading = new AbortController();
  const checkpointing = new AbortController();
  const tasks = [
    discovery.run((sources) => outputs.forEach(({ pipeline }) => pipeline.update(sources)), reading.signal),
    ...outputs.map(({ pipeline }) => pipeline.run(reading.signal)),
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

async function drain(outputs: readonly AssembledOutput[], drainMs: number, clock: Clock): Promise<void> {
  const deadline = new AbortController();
  const settled = new AbortController();
  const timer = clock.sleep(drainMs, settled.signal).then(() => deadline.abort());
  await Promise.all(outputs.map(({ lane }) => lane.drain(deadline.signal)));
  settled.abort();
  await timer;
}

function statusOf(parts: AgentParts, outputs: readonly AssembledOutput[], discovery: Discovery, checkpointer: Checkpointer): AgentStatus {
  return {
    ...parts.usage(),
    scans: discovery.scans,
    refusedLinks: discovery.refusedLinks,
    checkpointFailures: checkpointer.failures,
    checkpointAgeSeconds: (parts.clock.monotonic() - checkpointer.savedMs) / 1000,
    outputs: outputs.map(({ name, counters, pipeline, lane, budget }) => ({
      name,
      counters,
      sources: pipeline.sourceCount,
      unreadBytes: pipeline.unreadBytes,
      heldBytes: budget.usedBytes,
      queuedBatches: lane.queuedBatches,
      inFlight: lane.inFlight,
      unopened: pipeline.unopened,
    })),
  };
}

function reportGeneration(generation: Generation, logger: Logger): void {
  if (generation.kind !== 'corrupt') return;
  const { file, why, setAside } = generation;
  logger.warn({ file, why, setAside }, 'a checkpoint file cannot be used; the generation before it is tried, else reading starts anew');
}

/** A root that does not exist stays as written: nothing can lie in it. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
