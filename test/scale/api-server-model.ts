import type { PodList, PodServer, WatchFrom } from '../../agent/kubernetes/pod-watch.ts';
import { type Trouble, trouble } from '../../agent/kubernetes/trouble.ts';
import type { WatchEvent } from '../../agent/kubernetes/watch-event.ts';
import type { Pod } from '../../agent/model/pod.ts';
import type { Clock } from '../../agent/runtime/clock.ts';
import { podLike } from '../enrich/some-pods.ts';

/** One request, as an API server's access log would have it. */
export interface ModelRequest {
  readonly kind: 'list' | 'watch';
  /** Nobody listened, or the answer was a 429. */
  readonly isRefused: boolean;
  readonly ms: number;
}

type Watcher = { readonly node: number; readonly take: (event: WatchEvent) => void; readonly end: (why: Trouble) => void };

/** A request takes this long, as one that is answered from the watch cache does. */
const LATENCY_MS = 10;
const BOOKMARK_MS = 60_000;

/**
 * The API server of a cluster in which one pod runs on each node, for as many agents as there are nodes, on a clock that a test owns.
 * Every request is noted with its time. Versions, bookmarks, the end of a watch at its time and 410 are as in the real one.
 */
export class ApiServerModel {
  requests: ModelRequest[] = [];
  isDown = false;
  /** Requests that are served in a second; more get a 429 that asks for a second of rest. */
  limit: number = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #streams: boolean;
  readonly #watchers = new Set<Watcher>();
  #version = 1;
  /** Watches from before this version are told that they are too old. */
  #oldest = 1;
  #served = { second: 0, count: 0 };

  /** `streams`: it knows of watches that begin with all pods, as servers of 1.34 and later do. */
  constructor(clock: Clock, streams: boolean) {
    this.#clock = clock;
    this.#streams = streams;
  }

  /** What the agent of a node talks to. */
  serverOf(node: number): PodServer {
    return {
      list: (_, signal) => this.#list(node, signal),
      watch: (from, take, signal) => this.#watch({ node, take }, from, signal),
    };
  }

  /** The pod that runs on a node now. */
  podOf(node: number): Pod {
    return podAt(node, this.#version);
  }

  /** Watches that are open. */
  get watching(): number {
    return this.#watchers.size;
  }

  /** The pod of every node is replaced by another. */
  replacePods(): void {
    const from = this.#version;
    this.#version += 1;
    for (const { node, take } of this.#watchers) this.#tell(node, from, take);
  }

  /** Forgets what has happened. */
  compact(): void {
    this.#oldest = this.#version;
  }

  /** Ends every `nth` watch. */
  cut(why: Trouble, nth = 1): void {
    for (const watcher of this.#watchers) if (watcher.node % nth === 0) watcher.end(why);
  }

  /** Sends bookmarks until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      await this.#clock.sleep(BOOKMARK_MS, stop);
      for (const { take } of this.#watchers) take({ kind: 'bookmark', version: String(this.#version) });
    }
  }

  async #list(node: number, signal: AbortSignal): Promise<PodList | Trouble> {
    const refusal = await this.#admit('list', signal);
    return refusal ?? { kind: 'list', pods: [this.podOf(node)], version: String(this.#version) };
  }

  async #watch(
    { node, take }: Pick<Watcher, 'node' | 'take'>,
    { version, timeoutSeconds, isInitial }: WatchFrom,
    signal: AbortSignal,
  ): Promise<Trouble> {
    const refusal = await this.#admit('watch', signal);
    if (refusal !== null) return refusal;
    if (isInitial && !this.#streams) return trouble('rejected', 'sendInitialEvents is forbidden');
    if (isInitial) this.#begin(node, take);
    else if (Number(version) < this.#oldest) return trouble('expired', 'too old resource version');
    else this.#tell(node, Number(version), take);
    return this.#follow({ node, take }, timeoutSeconds, signal);
  }

  async #follow(watch: Pick<Watcher, 'node' | 'take'>, timeoutSeconds: number, signal: AbortSignal): Promise<Trouble> {
    const over = new AbortController();
    let why = trouble('closed', 'timeoutSeconds are over');
    const end = (trouble: Trouble): void => {
      why = trouble;
      this.#watchers.delete(watcher);
      over.abort();
    };
    const watcher = { ...watch, end };
    this.#watchers.add(watcher);
    await this.#clock.sleep(timeoutSeconds * 1000, AbortSignal.any([signal, over.signal]));
    this.#watchers.delete(watcher);
    return why;
  }

  #begin(node: number, take: (event: WatchEvent) => void): void {
    take({ kind: 'put', pod: this.podOf(node), version: '1' });
    take({ kind: 'initial_end', version: String(this.#version) });
  }

  #tell(node: number, from: number, take: (event: WatchEvent) => void): void {
    for (let version = from + 1; version <= this.#version; version += 1) {
      take({ kind: 'removed', pod: podAt(node, version - 1), version: String(version) });
      take({ kind: 'put', pod: podAt(node, version), version: String(version) });
    }
  }

  /** Null: the request is served. */
  async #admit(kind: ModelRequest['kind'], signal: AbortSignal): Promise<Trouble | null> {
    const ms = this.#clock.monotonic();
    const second = Math.floor(ms / 1000);
    if (this.#served.second !== second) this.#served = { second, count: 0 };
    const isThrottled = !this.isDown && this.#served.count >= this.limit;
    this.requests.push({ kind, isRefused: this.isDown || isThrottled, ms });
    if (this.isDown) return trouble('network', 'ECONNREFUSED');
    if (isThrottled) return { ...trouble('throttled', 'Too Many Requests'), afterMs: 1000 };
    this.#served.count += 1;
    await this.#clock.sleep(LATENCY_MS, signal);
    return null;
  }
}

function podAt(node: number, version: number): Pod {
  return podLike({ uid: `${node}-${version}` });
}
