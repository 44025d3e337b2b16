import { PodCache } from '../../agent/enrich/pod-cache.ts';
import { PodWatch } from '../../agent/kubernetes/pod-watch.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { ApiServerModel } from './api-server-model.ts';

interface Agent {
  readonly cache: PodCache;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

export interface FleetOptions {
  readonly nodes: number;
  readonly seed: number;
  /** `kubernetes.spread_seconds`. */
  readonly spreadMs: number;
  /** The API server knows of watches that begin with all pods. */
  readonly streams: boolean;
}

/** The watch code of one agent a node, as NodePods puts it together, all on one clock and one API server. */
export class Fleet implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly server: ApiServerModel;
  readonly nodes: number;
  readonly #spreadMs: number;
  readonly #agents = new Map<number, Agent>();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor({ nodes, seed, spreadMs, streams }: FleetOptions) {
    this.nodes = nodes;
    this.#spreadMs = spreadMs;
    this.clock = new FakeClock({ seed });
    this.server = new ApiServerModel(this.clock, streams);
    this.#done = this.server.run(this.#stop.signal);
  }

  start(node: number): void {
    const { clock } = this;
    const cache = new PodCache({ tombstoneMs: 600_000, maxTombstones: 1000 }, clock);
    const log = new LogRecorder().throttled(clock);
    const watch = new PodWatch({ server: this.server.serverOf(node), sink: cache, clock, log }, this.#spreadMs);
    const stop = new AbortController();
    this.#agents.set(node, { cache, stop, done: watch.run(stop.signal) });
  }

  startAll(): void {
    for (let node = 0; node < this.nodes; node += 1) this.start(node);
  }

  async stopAgent(node: number): Promise<void> {
    const agent = this.#agents.get(node);
    this.#agents.delete(node);
    agent?.stop.abort();
    await agent?.done;
  }

  /** The agent of a node knows the pod that runs there. */
  knows(node: number): boolean {
    const cache = this.#agents.get(node)?.cache;
    return cache?.size === 1 && [...cache.pods][0]!.uid === this.server.podOf(node).uid;
  }

  /** Every agent has a watch open and knows the pod of its node. */
  get settled(): boolean {
    if (this.server.watching < this.nodes) return false;
    for (let node = 0; node < this.nodes; node += 1) if (!this.knows(node)) return false;
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
    for (const node of this.#agents.keys()) await this.stopAgent(node);
  }
}
