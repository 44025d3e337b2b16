import type { Pod } from '../model/pod.ts';
import type { WatchEvent } from './watch-event.ts';

/** The pods that a watch tells of first, one by one, before it goes on with what happens (WatchList, kubernetes 1.32 and later). */
export class InitialPods {
  readonly #pods = new Map<string, Pod>();
  /** That was all of them. */
  isComplete = false;

  /** Pods may change and go already while they are being told of. */
  take(event: WatchEvent): void {
    if (event.kind === 'put') this.#pods.set(event.pod.uid, event.pod);
    else if (event.kind === 'removed') this.#pods.delete(event.pod.uid);
    else this.isComplete = event.kind === 'initial_end';
  }

  get pods(): Pod[] {
    return [...this.#pods.values()];
  }
}
