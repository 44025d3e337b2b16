import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';

export interface PodCacheOptions {
  /** How long a pod that was deleted is kept for logs that are not read yet, and how many such pods at most. */
  readonly tombstoneMs: number;
  readonly maxTombstones: number;
}

/**
 * The pods of this node by uid, and static pods by the hash that stands in the place of the uid in their logs' paths: a pod that takes over
 * a name has a uid of its own and never gets the labels of its predecessor. Deleted pods stay as tombstones for a while.
 */
export class PodCache {
  readonly #options: PodCacheOptions;
  readonly #clock: Clock;
  readonly #pods = new Map<string, Pod>();
  /** In the order of deletion. */
  readonly #tombstones = new Map<string, { readonly pod: Pod; readonly sinceMs: number }>();
  /** Uids of pods and of tombstones by the hash of static pods. */
  readonly #uids = new Map<string, string>();

  constructor(options: PodCacheOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** Pods that are there, tombstones not among them. */
  get size(): number {
    return this.#pods.size;
  }

  /** All pods that are there, in no particular order. */
  get pods(): Iterable<Pod> {
    return this.#pods.values();
  }

  /**
   * The pod of a log. Namespace and name must be those of its path, since anybody may write the annotation with the hash on a pod of his
   * own, with the uid of another one in it.
   */
  find({ uid, namespace, pod: name }: Pick<Source, 'uid' | 'namespace' | 'pod'>): Pod | null {
    const pod = this.#get(uid) ?? this.#get(this.#uids.get(uid) ?? '');
    return pod !== null && pod.namespace === namespace && pod.name === name ? pod : null;
  }

  #get(uid: string): Pod | null {
    return this.#pods.get(uid) ?? this.#tombstones.get(uid)?.pod ?? null;
  }

  /** These are all there are. */
  replace(pods: readonly Pod[]): void {
    const present = new Set(pods.map(({ uid }) => uid));
    for (const pod of this.#pods.values()) if (!present.has(pod.uid)) this.#bury(pod);
    for (const pod of pods) this.put(pod);
    this.#prune();
  }

  put(pod: Pod): void {
    const { uid, configHash } = pod;
    this.#tombstones.delete(uid);
    this.#pods.set(uid, pod);
    if (configHash !== null) this.#uids.set(configHash, uid);
  }

  remove(pod: Pod): void {
    this.#bury(pod);
    this.#prune();
  }

  /** A static pod's mirror may be made anew under the same hash before the old one goes: then the hash is the new one's. */
  #bury(pod: Pod): void {
    const { uid, configHash } = pod;
    this.#pods.delete(uid);
    this.#tombstones.delete(uid);
    this.#tombstones.set(uid, { pod, sinceMs: this.#clock.monotonic() });
    if (configHash !== null && !this.#uids.has(configHash)) this.#uids.set(configHash, uid);
  }

  #prune(): void {
    const { tombstoneMs, maxTombstones } = this.#options;
    const expiredMs = this.#clock.monotonic() - tombstoneMs;
    for (const [uid, { pod, sinceMs }] of this.#tombstones) {
      if (sinceMs > expiredMs && this.#tombstones.size <= maxTombstones) return;
      this.#tombstones.delete(uid);
      if (pod.configHash !== null && this.#uids.get(pod.configHash) === uid) this.#uids.delete(pod.configHash);
    }
  }
}
