import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { PodCache } from '../../agent/enrich/pod-cache.ts';
import { ApiServer } from '../../agent/kubernetes/api-server.ts';
import { podOf } from '../../agent/kubernetes/pod-of.ts';
import { PodWatch } from '../../agent/kubernetes/pod-watch.ts';
import type { TroubleReason } from '../../agent/kubernetes/trouble.ts';
import type { Pod } from '../../agent/model/pod.ts';
import { type Clock, systemClock } from '../../agent/runtime/clock.ts';
import { eventually } from '../support/eventually.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { ApiGate } from './api-gate.ts';
import type { Cluster } from './cluster.ts';

/** After its troubles an agent waits at random, up to half a minute: here a tenth of the longest it might. */
const IMPATIENT: Clock = { ...systemClock, random: () => 0.1 };

/** The agent's cache of pods, kept by its own client as the agent's service account, beside what a fresh list says. */
export class WatchedPods implements AsyncDisposable {
  readonly gate: ApiGate;
  readonly #cluster: Cluster;
  readonly #cache = new PodCache({ tombstoneMs: 60_000, maxTombstones: 100 }, systemClock);
  readonly #log = new LogRecorder();
  readonly #watch: PodWatch;
  readonly #server: ApiServer;
  readonly #dir: TempDir;
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;

  private constructor(cluster: Cluster, gate: ApiGate, dir: TempDir) {
    this.#cluster = cluster;
    this.gate = gate;
    this.#dir = dir;
    const address = { url: `https://127.0.0.1:${gate.port}`, caFile: cluster.caFile, tokenFile: this.#tokenFile, proxy: null };
    this.#server = new ApiServer({ address, nodeName: cluster.nodeName, userAgent: 'logferry/test', onRequest: () => undefined });
    const log = this.#log.throttled(systemClock);
    this.#watch = new PodWatch({ server: this.#server, sink: this.#cache, clock: IMPATIENT, log }, 0);
    this.#watching = this.#watch.run(this.#stop.signal);
  }

  /** `token` is what the client begins with. */
  static async start(cluster: Cluster, token: string): Promise<WatchedPods> {
    const dir = await tempDir();
    writeFileSync(join(dir.path, 'token'), token);
    return new WatchedPods(cluster, await ApiGate.open(new URL(cluster.apiUrl)), dir);
  }

  get #tokenFile(): string {
    return join(this.#dir.path, 'token');
  }

  /** As the kubelet renews the token of a running pod. */
  rotateToken(token: string): void {
    writeFileSync(this.#tokenFile, token);
  }

  get lists(): number {
    return this.#watch.lists;
  }

  /** How often a watch has ended for this reason. */
  ended(reason: TroubleReason): number {
    return this.#watch.restarts[reason];
  }

  /** What the operator was told. */
  get messages(): string[] {
    return this.#log.messages;
  }

  /** Waits until the cache holds what the API server says at that moment, and returns how many pods that are. */
  async agree(): Promise<number> {
    let count = 0;
    await eventually(async () => {
      const fresh = await this.#fresh();
      expect(sorted(this.#cache.pods)).toEqual(fresh);
      count = fresh.length;
    });
    return count;
  }

  async #fresh(): Promise<Pod[]> {
    const selector = `--field-selector=spec.nodeName=${this.#cluster.nodeName}`;
    const { items } = await this.#cluster.get<{ items: readonly unknown[] }>('pods', '--all-namespaces', selector);
    return sorted(items.map((item) => podOf(item)).filter((pod) => pod !== null));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
    await this.#server[Symbol.asyncDispose]();
    await this.gate[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}

function sorted(pods: Iterable<Pod>): Pod[] {
  return [...pods].sort((a, b) => (a.uid < b.uid ? -1 : 1));
}
