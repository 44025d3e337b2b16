import { expect } from 'vitest';
import type { AgentProcess } from './agent-process.ts';
import { AgentMetrics } from './agent-metrics.ts';
import { ChattyContainers } from './chatty-containers.ts';
import { eventually } from './eventually.ts';
import type { FaultRow } from './fault-rows.ts';
import type { FaultStore } from './fault-store.ts';
import { HealthWatch } from './health-watch.ts';
import { type Identity, Relay, type RelayedRequest } from './relay.ts';
import { settledLines } from './settled-lines.ts';
import type { NodeKeys } from './agent-home.ts';
import { TestNode } from './test-node.ts';

const CONTAINERS = 4;
/** Timers may fire that much early. */
const CLOCK_SLACK_MS = 10;

export interface FaultBenchOptions {
  readonly identity?: Identity;
  /** Of the relay, as the agent is told it. */
  readonly url?: (relay: Relay) => string;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly node?: NodeKeys;
  readonly launcher?: readonly string[];
  /** Done before the agent starts. */
  readonly prepare?: (node: TestNode) => void;
}

/** No check of its own keeps the agent from asking for a refusal, and a batch is as small as one may become: it comes again as it was. */
const QUICK_OUTPUT = {
  timeout_seconds: 1,
  batch_bytes: 65_536,
  batch_wait_seconds: 0.1,
  backoff: { min_seconds: 0.05, max_seconds: 0.5 },
  accepts: { max_age_seconds: 0 },
};
const QUICK_READING = { poll_min_seconds: 0.05, poll_max_seconds: 0.1, scan_interval_seconds: 0.2, rotate_grace_seconds: 0.1 };
const QUICK_ENDS = { checkpoint: { interval_seconds: 0.1 }, limits: { drain_seconds: 1 } };

/** The built agent with short times between chatty containers and a store, with a relay before the store to go wrong. */
export class FaultBench implements AsyncDisposable {
  readonly store: FaultStore;
  readonly relay: Relay;
  readonly node: TestNode;
  readonly containers: ChattyContainers;
  readonly agent: AgentProcess;
  readonly health: HealthWatch;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: { store: FaultStore; relay: Relay; node: TestNode; agent: AgentProcess; stack: AsyncDisposableStack }) {
    this.store = parts.store;
    this.relay = parts.relay;
    this.node = parts.node;
    this.agent = parts.agent;
    this.#stack = parts.stack;
    this.containers = new ChattyContainers(parts.node.logs, CONTAINERS);
    this.health = parts.stack.use(new HealthWatch(parts.agent));
  }

  /** Takes the store over. */
  static async start(store: FaultStore, options: FaultBenchOptions = {}): Promise<FaultBench> {
    await using stack = new AsyncDisposableStack();
    stack.use(store);
    const relay = stack.use(await Relay.start(store.url, options.identity));
    const { url = ({ url }) => url, output = {}, node: keys = {} } = options;
    const push = { url: `${url(relay)}/loki/api/v1/push`, tenant: store.tenant, ...QUICK_OUTPUT, ...output };
    const containers = { ...QUICK_READING, ...keys.containers };
    const node = stack.use(await TestNode.create(push, { ...QUICK_ENDS, ...keys, containers }));
    options.prepare?.(node);
    const agent = stack.use(await node.startAgent(options.launcher));
    return new FaultBench({ store, relay, node, agent, stack: stack.move() });
  }

  async metrics(): Promise<AgentMetrics> {
    const { body } = await this.agent.page('/metrics');
    return new AgentMetrics(body);
  }

  /** Waits until `value` of the metrics is at least `least`. */
  async grown(value: (metrics: AgentMetrics) => number, least: number): Promise<void> {
    await eventually(async () => expect(value(await this.metrics())).toBeGreaterThanOrEqual(least));
  }

  /** Waits until /readyz says so of the output. */
  async ready(status: 200 | 503, state: string): Promise<void> {
    const body = expect.stringContaining(`output loki: ${state}\n`) as string;
    await eventually(async () => expect(await this.agent.page('/readyz')).toMatchObject({ status, body }));
  }

  /** I1 I2 I5 I9: every line is stored once, in order, positions are behind the last one, and the agent has been alive all the time. */
  async exact(): Promise<void> {
    const { printed, lineCount } = this.containers;
    await this.store.holding(lineCount);
    const counts = new Map([...printed].map(([key, lines]) => [key, lines.length]));
    await eventually(() => expect(settledLines(this.node.stateDir, this.node.logs.path)).toStrictEqual(counts));
    expect(await this.store.holding(lineCount)).toStrictEqual(printed);
    expect(this.health).toMatchObject({ failures: [] });
    expect(this.health.asked).toBeGreaterThan(0);
  }

  /** Lines before a fault, while it lasts, with a rotation, and after it. */
  async endure(row: FaultRow): Promise<void> {
    try {
      await this.#endure(row);
    } catch (error) {
      throw new Error(`${(error as Error).message}; the agent printed:\n${this.agent.printed}`, { cause: error });
    }
  }

  async #endure(row: FaultRow): Promise<void> {
    const { relay, containers } = this;
    containers.say();
    await this.exact();
    const before = await this.metrics();
    const earlier = relay.requests.length;
    await row.begin({ relay, containers });
    containers.say();
    await this.grown((metrics) => metrics.requests(row.outcome), before.requests(row.outcome) + (row.state === 'unreachable' ? 2 : 1));
    containers.rotate();
    containers.say();
    await this.ready(row.state === 'reachable' ? 200 : 503, row.state);
    await row.end?.({ relay, containers });
    await relay.mend();
    containers.say();
    await this.exact();
    await this.ready(200, 'reachable');
    this.#accountedFor(row, before, await this.metrics());
    if (row.state !== 'reachable') this.#sentAgain(relay.requests.slice(earlier), row.leastWaitMs ?? 0);
  }

  /** What was given up is what the row says; what was tried again are the requests that failed, of those that the store was too slow for too. */
  #accountedFor({ state, outcome, dropped = 0 }: FaultRow, before: AgentMetrics, after: AgentMetrics): void {
    const growth = (value: (metrics: AgentMetrics) => number): number => value(after) - value(before);
    expect(growth((metrics) => metrics.total('logferry_dropped_entries_total'))).toBe(dropped);
    const failures = new Set(['network', 'timeout', ...(state === 'reachable' ? [] : [outcome])]);
    const failed = [...failures].reduce((sum, failure) => sum + growth((metrics) => metrics.requests(failure)), 0);
    expect(growth((metrics) => metrics.total('logferry_retries_total'))).toBe(failed);
  }

  /** Every body that got as far as the relay and no further came again, byte for byte, and not too early. */
  #sentAgain(requests: readonly RelayedRequest[], leastWaitMs: number): void {
    const waits = requests.flatMap(({ digest, atMs, fault }, index) => {
      if (fault === null) return [];
      const next = requests.slice(index + 1).find((other) => other.digest === digest);
      return [next === undefined ? -1 : next.atMs - atMs];
    });
    expect(waits.filter((waitMs) => waitMs < Math.max(0, leastWaitMs - CLOCK_SLACK_MS))).toStrictEqual([]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.stop();
    await this.#stack[Symbol.asyncDispose]();
  }
}
