import type { PodList, PodServer, WatchFrom } from '../../agent/kubernetes/pod-watch.ts';
import { type Trouble, trouble } from '../../agent/kubernetes/trouble.ts';
import type { WatchEvent } from '../../agent/kubernetes/watch-event.ts';
import type { Pod } from '../../agent/model/pod.ts';

interface OpenWatch {
  readonly take: (event: WatchEvent) => void;
  readonly end: (trouble: Trouble) => void;
}

/** An API server without sockets: every request is noted, watches stay open until the test ends them or nobody waits any more. */
export class ScriptedPodServer implements PodServer {
  readonly pods: Map<string, Pod> = new Map();
  version = 1;
  /** What a watch must not be older than. */
  oldest = 1;
  /** It knows of watches that begin with all pods. */
  streams = false;
  readonly asked: string[] = [];
  /** Answers to the next requests in place of the right ones. */
  readonly faults: Trouble[] = [];
  readonly timeouts: number[] = [];
  readonly #history: { readonly event: WatchEvent; readonly version: number }[] = [];
  readonly #open = new Set<OpenWatch>();
  #isMute = false;

  put(pod: Pod): void {
    this.version += 1;
    this.pods.set(pod.uid, pod);
    this.#tell({ kind: 'put', pod, version: String(this.version) });
  }

  remove(uid: string): void {
    const pod = this.pods.get(uid);
    if (pod === undefined) return;
    this.version += 1;
    this.pods.delete(uid);
    this.#tell({ kind: 'removed', pod, version: String(this.version) });
  }

  bookmark(): void {
    this.version += 1;
    this.#tell({ kind: 'bookmark', version: String(this.version) });
  }

  /** Nothing that happens before this version is known any more. */
  compact(): void {
    this.version += 1;
    this.oldest = this.version;
  }

  /** A database that was restored: versions begin again. */
  restore(): void {
    this.version = 1;
    this.oldest = 1;
    this.#history.length = 0;
    this.end(trouble('network', 'restarted'));
  }

  #begin(take: (event: WatchEvent) => void): void {
    for (const pod of this.pods.values()) take({ kind: 'put', pod, version: '1' });
    take({ kind: 'initial_end', version: String(this.version) });
  }

  #tell(event: WatchEvent): void {
    this.#history.push({ event, version: this.version });
    if (!this.#isMute) for (const watch of this.#open) watch.take(event);
  }

  /** Ends the open watches. */
  end(why: Trouble): void {
    for (const watch of this.#open) watch.end(why);
  }

  /** The connections are dead, and nobody has been told. */
  mute(): void {
    this.#isMute = this.#open.size > 0;
  }

  get watching(): boolean {
    return this.#open.size > 0 && !this.#isMute;
  }

  async list(version: string | null, signal: AbortSignal): Promise<PodList | Trouble> {
    this.asked.push(`list ${version ?? 'newest'}`);
    const fault = this.faults.shift();
    if (fault !== undefined) return fault.reason === 'idle' ? untilAborted(signal) : fault;
    if (version !== null && Number(version) > this.version) return trouble('version_too_large', `${version} > ${this.version}`);
    return { kind: 'list', pods: [...this.pods.values()], version: String(this.version) };
  }

  async watch({ version, timeoutSeconds, isInitial }: WatchFrom, take: (event: WatchEvent) => void, signal: AbortSignal): Promise<Trouble> {
    if (isInitial && !this.streams) return trouble('rejected', 'sendInitialEvents is forbidden');
    this.asked.push(`${isInitial ? 'stream' : 'watch'} ${version ?? 'newest'}`);
    this.timeouts.push(timeoutSeconds);
    const fault = this.faults.shift();
    if (fault !== undefined) return fault.reason === 'idle' ? untilAborted(signal) : fault;
    if (Number(version) > this.version) return trouble('version_too_large', `${version} > ${this.version}`);
    if (!isInitial && Number(version) < this.oldest) return trouble('expired', 'too old');
    this.#isMute = false;
    if (isInitial) this.#begin(take);
    else for (const { event, version: at } of this.#history) if (at > Number(version)) take(event);
    return new Promise((resolve) => {
      const watch: OpenWatch = {
        take,
        end: (why) => {
          this.#open.delete(watch);
          resolve(why);
        },
      };
      this.#open.add(watch);
      signal.addEventListener('abort', () => watch.end(trouble('network', 'given up')), { once: true });
    });
  }
}

function untilAborted(signal: AbortSignal): Promise<Trouble> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(trouble('network', 'given up')), { once: true }));
}
