import type { Pod } from '../model/pod.ts';
import type { Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';

/** Beyond so many pods that are waited for, those are forgotten that were asked for first, and waited for again when they are asked for. */
const MAX_AWAITED = 4096;

/** Where pods are looked up; null: not known, or not yet. */
export interface Pods {
  find(source: Source): Pod | null;
}

/** The pod of a source: known, perhaps known soon, or not to be waited for any longer. */
export type FoundPod = Pod | 'later' | 'unknown';

/** Finds the pods of sources, and waits a while for those that are not known yet: the runtime may be faster than the API server. */
export class PodLookup {
  readonly #pods: Pods;
  readonly #waitMs: number;
  readonly #clock: Clock;
  /** When a pod that is not known was asked for first, by uid. */
  readonly #awaited = new Map<string, number>();

  constructor(pods: Pods, waitMs: number, clock: Clock) {
    this.#pods = pods;
    this.#waitMs = waitMs;
    this.#clock = clock;
  }

  find(source: Source): FoundPod {
    const { uid } = source;
    const pod = this.#pods.find(source);
    if (pod !== null) {
      this.#awaited.delete(uid);
      return pod;
    }
    const nowMs = this.#clock.monotonic();
    const sinceMs = this.#awaited.get(uid) ?? nowMs;
    this.#awaited.set(uid, sinceMs);
    this.#forget();
    return nowMs - sinceMs < this.#waitMs ? 'later' : 'unknown';
  }

  #forget(): void {
    for (const uid of this.#awaited.keys()) {
      if (this.#awaited.size <= MAX_AWAITED) return;
      this.#awaited.delete(uid);
    }
  }
}
