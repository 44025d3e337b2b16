import type { Config } from '../config/schema.ts';
import { NamespacedPods } from '../enrich/namespaced-pods.ts';
import { PodCache } from '../enrich/pod-cache.ts';
import { PodLookup, type Pods } from '../enrich/pod-lookup.ts';
import { type ApiAddress, apiAddress } from '../kubernetes/api-address.ts';
import { ApiServer } from '../kubernetes/api-server.ts';
import { kubeconfigAddress } from '../kubernetes/kubeconfig-address.ts';
import { Namespaces } from '../kubernetes/namespaces.ts';
import { PodWatch } from '../kubernetes/pod-watch.ts';
import { askedAnnotations, asksNamespaces } from '../handling/label-options.ts';
import type { Kubeconfig } from '../model/kubeconfig.ts';
import type { Environment } from '../runtime/environment.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';

export interface NodePodsParts {
  readonly config: Config;
  readonly env: Environment;
  /** What `kubernetes.kubeconfig` holds; null without it. */
  readonly kubeconfig: Kubeconfig | null;
  readonly version: string;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
}

/** The pods of this node as the API server tells of them. */
export class NodePods implements AsyncDisposable {
  readonly lookup: PodLookup;
  /** Those that are known now, without waiting for any. */
  readonly known: Pods;
  /** Requests to the API server by HTTP status, or by what kept an answer away. */
  readonly requests: Map<string, number> = new Map();
  readonly #clock: Clock;
  readonly #cache: PodCache;
  readonly #server: ApiServer;
  readonly #watch: PodWatch;
  /** Null: nothing depends on namespaces. */
  readonly #namespaces: Namespaces | null;
  readonly #awaitedUntilMs: number;

  constructor(address: ApiAddress, { config, version, clock, log }: NodePodsParts) {
    const { metadata_wait_seconds: waitSeconds, spread_seconds: spreadSeconds } = config.kubernetes;
    const { tombstone_seconds: tombstoneSeconds, max_tombstones: maxTombstones } = config.kubernetes;
    this.#clock = clock;
    this.#cache = new PodCache({ tombstoneMs: tombstoneSeconds * 1000, maxTombstones }, clock);
    this.#awaitedUntilMs = clock.monotonic() + waitSeconds * 1000;
    this.#server = new ApiServer({
      address,
      clock,
      nodeName: config.node_name,
      annotations: askedAnnotations(config),
      userAgent: `logferry/${version}`,
      onRequest: (code) => this.requests.set(code, (this.requests.get(code) ?? 0) + 1),
    });
    const keepMs = config.kubernetes.namespace_keep_seconds * 1000;
    this.#namespaces = asksNamespaces(config) ? new Namespaces(this.#server, { waitMs: waitSeconds * 1000, keepMs }, { clock, log }) : null;
    this.known = this.#namespaces === null ? this.#cache : new NamespacedPods(this.#cache, this.#namespaces);
    this.lookup = new PodLookup(this.known, waitSeconds * 1000, clock);
    this.#watch = new PodWatch({ server: this.#server, sink: this.#cache, clock, log }, spreadSeconds * 1000);
  }

  /** Null, which is said, where there is no API server to be asked. */
  static find(parts: NodePodsParts): NodePods | null {
    const { config, env, kubeconfig } = parts;
    const address = kubeconfig === null ? apiAddress(config.kubernetes, env) : kubeconfigAddress(kubeconfig, env);
    if (address !== null) return new NodePods(address, parts);
    parts.log.warn(
      '',
      {},
      'no API server is known: names come from the path of a log alone; write kubernetes.kubeconfig or api_server, or enabled: false to agree',
    );
    return null;
  }

  /** Follows the pods until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#watch.run(stop), this.#namespaces?.run(stop)]);
  }

  /** It is still hoped that the API server will say which pods there are; a server that is down holds up nothing for longer. */
  get awaited(): boolean {
    return !this.#watch.synced && this.#clock.monotonic() < this.#awaitedUntilMs;
  }

  /** For metrics. */
  get status(): { pods: number; lists: number; restarts: Readonly<Record<string, number>>; requests: ReadonlyMap<string, number> } {
    const { lists, restarts } = this.#watch;
    return { pods: this.#cache.size, lists, restarts, requests: this.requests };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}
