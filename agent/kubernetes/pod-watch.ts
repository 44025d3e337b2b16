import assert from 'node:assert';
import type { Pod } from '../model/pod.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { type Trouble, TROUBLE_REASONS, trouble, type TroubleReason } from './trouble.ts';
import type { WatchEvent } from './watch-event.ts';
import { Watchdog } from './watchdog.ts';

/** Pauses grow with each failure up to here, and begin anew after two good minutes, as client-go's do (tools/cache/reflector.go). */
const BACKOFF_MIN_MS = 800;
const BACKOFF_MAX_MS = 30_000;
const BACKOFF_FORGET_MS = 120_000;
/** What a server asks for by Retry-After is obeyed up to here. */
const MAX_AFTER_MS = 300_000;
/** The server ends a watch after 5 to 10 minutes: at random, so that not all come back together. One that lasts that long is renewed at once. */
const WATCH_MIN_SECONDS = 300;
const WATCH_SPREAD_SECONDS = 300;
/** Servers may end a watch this much before its time. */
const DUE_MS = 2000;
/** Bookmarks come about once a minute (apiserver pkg/storage/cacher), so silence this long is a dead connection. */
const IDLE_MS = 180_000;
const LIST_MS = 60_000;
/** A watch that ends this soon with nothing in it is a failure, however politely it ends. */
const SHORT_WATCH_MS = 1000;

export interface PodList {
  readonly kind: 'list';
  readonly pods: readonly Pod[];
  readonly version: string;
}

/** The API server, asked for the pods of this node. Rejects never: whatever happens is a trouble. */
export interface PodServer {
  /** `version`: '0' is any state that the server has at hand, null the newest, another one not older than that. */
  list(version: string | null, signal: AbortSignal): Promise<PodList | Trouble>;
  /** Hands on what happens after `version` until the watch ends, as it always does. */
  watch(
    from: { readonly version: string; readonly timeoutSeconds: number },
    take: (event: WatchEvent) => void,
    signal: AbortSignal,
  ): Promise<Trouble>;
}

/** Who wants to know about pods. */
export interface PodSink {
  /** These are all there are. */
  replace(pods: readonly Pod[]): void;
  put(pod: Pod): void;
  remove(pod: Pod): void;
}

/** What comes next: all pods anew (`version` as `PodServer.list` takes it), or what has happened since. */
type Next = { readonly kind: 'list'; readonly version: string | null } | { readonly kind: 'watch'; readonly version: string };

/** After which troubles the pods are listed anew, and from which version on: `last` is ours, after which the server cannot show less. */
const RELIST: Readonly<Partial<Record<TroubleReason, 'last' | 'newest'>>> = {
  expired: 'last',
  error_event: 'last',
  malformed: 'last',
  version_too_large: 'newest',
  rejected: 'newest',
};

/** Keeps a sink at what the API server says of this node's pods: one list, then a watch that is resumed for as long as it can be. */
export class PodWatch {
  readonly #parts: { readonly server: PodServer; readonly sink: PodSink; readonly clock: Clock; readonly log: ThrottledLogger };
  readonly #spreadMs: number;
  readonly #backoff: Backoff;
  #next: Next = { kind: 'list', version: '0' };
  #failures = 0;
  #failedMs = Number.NEGATIVE_INFINITY;
  /** The sink holds what the server had when it was asked. */
  synced = false;
  /** Full lists so far. */
  lists = 0;
  /** Ends of watches, by reason. */
  readonly restarts: Record<TroubleReason, number> = Object.fromEntries(TROUBLE_REASONS.map((reason) => [reason, 0])) as Record<
    TroubleReason,
    number
  >;

  /**
   * What begins or ends for all agents of a cluster at once brings each of them back at a moment of its own within `spreadMs`, full jitter,
   * and within twice of that for each further failure: client-go's 0.8 s would be all of 5,000 agents in one second.
   */
  constructor(parts: { server: PodServer; sink: PodSink; clock: Clock; log: ThrottledLogger }, spreadMs: number) {
    this.#parts = parts;
    this.#spreadMs = spreadMs;
    this.#backoff = new Backoff(parts.clock, Math.max(spreadMs, BACKOFF_MIN_MS), Math.max(spreadMs, BACKOFF_MAX_MS));
  }

  /** Lists and watches until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    await clock.sleep(clock.random() * this.#spreadMs, stop);
    while (!stop.aborted) {
      const end = this.#next.kind === 'list' ? await this.#list(this.#next.version, stop) : await this.#watch(this.#next.version, stop);
      if (end !== null && !stop.aborted) await clock.sleep(this.#pauseMs(end), stop);
    }
  }

  async #list(version: string | null, stop: AbortSignal): Promise<Trouble | null> {
    const { server, sink, clock, log } = this.#parts;
    this.lists += 1;
    using limit = new Watchdog(LIST_MS, clock, stop);
    const answer = await server.list(version, limit.signal);
    if (answer.kind === 'trouble') {
      if (stop.aborted) return null;
      // Nothing but the newest state is left to ask for.
      if (RELIST[answer.reason] !== undefined) this.#next = { kind: 'list', version: null };
      return this.#say(answer);
    }
    if (answer.pods.length === 0)
      log.warn('', {}, 'the API server knows no pod of this node; check that node_name is the name it has there');
    sink.replace(answer.pods);
    this.synced = true;
    this.#next = { kind: 'watch', version: answer.version };
    return null;
  }

  async #watch(version: string, stop: AbortSignal): Promise<Trouble | null> {
    const { server, clock } = this.#parts;
    const timeoutSeconds = WATCH_MIN_SECONDS + Math.floor(clock.random() * WATCH_SPREAD_SECONDS);
    const beganMs = clock.monotonic();
    using idle = new Watchdog(IDLE_MS, clock, stop);
    const take = (event: WatchEvent): void => {
      idle.feed();
      this.#take(event);
    };
    const end = await server.watch({ version, timeoutSeconds }, take, idle.signal);
    if (stop.aborted) return null;
    const tookMs = clock.monotonic() - beganMs;
    if (end.reason === 'closed' && tookMs >= timeoutSeconds * 1000 - DUE_MS) return this.#renewed();
    const isShort = tookMs < SHORT_WATCH_MS && this.#version === version;
    return this.#ended(idle.barked ? trouble('idle', `nothing came for ${IDLE_MS / 1000} s`) : end, isShort);
  }

  #take(event: WatchEvent): void {
    const { sink } = this.#parts;
    if (event.kind === 'put') sink.put(event.pod);
    else if (event.kind === 'removed') sink.remove(event.pod);
    this.#next = { kind: 'watch', version: event.version };
  }

  #ended(end: Trouble, isShort: boolean): Trouble {
    this.restarts[end.reason] += 1;
    const from = RELIST[end.reason];
    if (from !== undefined) this.#next = { kind: 'list', version: from === 'last' ? this.#version : null };
    return end.reason === 'closed' && !isShort ? end : this.#say(end);
  }

  /** A watch has ended as it was asked to: there is nothing to wait for. */
  #renewed(): null {
    this.restarts.closed += 1;
    return null;
  }

  get #version(): string {
    assert(this.#next.kind === 'watch', 'no version while pods are being listed');
    return this.#next.version;
  }

  /** Counts a failure and tells the operator. */
  #say(failure: Trouble): Trouble {
    const { clock, log } = this.#parts;
    this.#failures = this.#recentFailures + 1;
    this.#failedMs = clock.monotonic();
    const { reason, detail } = failure;
    const message =
      reason === 'refused'
        ? 'the API server refuses to tell of pods; check the service account and its right to list and watch pods'
        : 'pods cannot be followed and are asked for again; logs are shipped all the same';
    if (reason !== 'closed' && reason !== 'expired') log.warn(reason, { reason, detail }, message);
    return failure;
  }

  get #recentFailures(): number {
    return this.#parts.clock.monotonic() - this.#failedMs > BACKOFF_FORGET_MS ? 0 : this.#failures;
  }

  /** Never at once, since what has ended before its time for one agent has probably ended for all. */
  #pauseMs({ afterMs }: Trouble): number {
    return Math.min(afterMs ?? 0, MAX_AFTER_MS) + this.#backoff.delayMs(Math.max(this.#recentFailures - 1, 0));
  }
}
