import assert from 'node:assert';
import type { Pod } from '../model/pod.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { InitialPods } from './initial-pods.ts';
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
  /** Hands on what happens until the watch ends, as it always does. */
  watch(from: WatchFrom, take: (event: WatchEvent) => void, signal: AbortSignal): Promise<Trouble>;
}

export interface WatchFrom {
  /** What happens after it is told; null and `isInitial`: after the newest. */
  readonly version: string | null;
  readonly timeoutSeconds: number;
  /** All pods first, as `list` would tell them of `version`; servers that cannot do that reject it. */
  readonly isInitial: boolean;
}

/** Who wants to know about pods. */
export interface PodSink {
  /** These are all there are. */
  replace(pods: readonly Pod[]): void;
  put(pod: Pod): void;
  remove(pod: Pod): void;
}

interface WatchEnd {
  readonly trouble: Trouble;
  /** As it was asked to. */
  readonly isDue: boolean;
  /** So soon, and with nothing in it, that it is a failure however politely it ends. */
  readonly isShort: boolean;
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

/** A watch that begins with all pods may be asked for again after these; after others the server is believed to have no such watches. */
const STILL_STREAMS: ReadonlySet<TroubleReason> = new Set(['network', 'throttled', 'refused', 'expired', 'version_too_large']);

/**
 * Keeps a sink at what the API server says of this node's pods: all of them once, in a list or at the beginning of a watch, then a watch
 * that is resumed for as long as it can be.
 */
export class PodWatch {
  readonly #parts: { readonly server: PodServer; readonly sink: PodSink; readonly clock: Clock; readonly log: ThrottledLogger };
  readonly #spreadMs: number;
  readonly #backoff: Backoff;
  /** Until a server has shown that it cannot, it is asked for watches that begin with all pods: one request instead of two. */
  #streams = true;
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
      const end = await this.#step(this.#next, stop);
      if (end !== null && !stop.aborted) await clock.sleep(this.#pauseMs(end), stop);
    }
  }

  #step({ kind, version }: Next, stop: AbortSignal): Promise<Trouble | null> {
    if (kind === 'watch') return this.#watch(version, stop);
    return this.#streams ? this.#stream(version, stop) : this.#list(version, stop);
  }

  async #list(version: string | null, stop: AbortSignal): Promise<Trouble | null> {
    const { server, clock } = this.#parts;
    this.lists += 1;
    using limit = new Watchdog(LIST_MS, clock, stop);
    const answer = await server.list(version, limit.signal);
    if (answer.kind === 'trouble') return stop.aborted ? null : this.#unlisted(answer);
    this.#replace(answer.pods, answer.version);
    return null;
  }

  #replace(pods: readonly Pod[], version: string): void {
    const { sink, log } = this.#parts;
    if (pods.length === 0) log.warn('', {}, 'the API server knows no pod of this node; check that node_name is the name it has there');
    sink.replace(pods);
    this.synced = true;
    this.#next = { kind: 'watch', version };
  }

  #unlisted(failure: Trouble): Trouble {
    // Nothing but the newest state is left to ask for.
    if (RELIST[failure.reason] !== undefined) this.#next = { kind: 'list', version: null };
    return this.#say(failure);
  }

  /** A watch that begins with all pods. */
  async #stream(version: string | null, stop: AbortSignal): Promise<Trouble | null> {
    const { clock } = this.#parts;
    const initial = new InitialPods();
    using limit = new Watchdog(LIST_MS, clock, stop);
    const take = (event: WatchEvent): void => {
      if (initial.isComplete) return this.#take(event);
      initial.take(event);
      if (!initial.isComplete) return;
      limit[Symbol.dispose]();
      this.lists += 1;
      this.#replace(initial.pods, event.version);
    };
    const end = await this.#follow({ version, isInitial: true }, take, limit.signal);
    if (stop.aborted) return null;
    if (initial.isComplete) return this.#ended(end);
    this.#streams = STILL_STREAMS.has(end.trouble.reason) && !limit.barked;
    if (end.trouble.reason === 'rejected') return null;
    this.lists += 1;
    return this.#unlisted(end.trouble);
  }

  async #watch(version: string, stop: AbortSignal): Promise<Trouble | null> {
    const end = await this.#follow({ version, isInitial: false }, (event) => this.#take(event), stop);
    return stop.aborted ? null : this.#ended(end);
  }

  /** One watch to its end, or until it is silent for too long. */
  async #follow(from: Pick<WatchFrom, 'version' | 'isInitial'>, take: (event: WatchEvent) => void, stop: AbortSignal): Promise<WatchEnd> {
    const { server, clock } = this.#parts;
    const timeoutSeconds = WATCH_MIN_SECONDS + Math.floor(clock.random() * WATCH_SPREAD_SECONDS);
    const beganMs = clock.monotonic();
    let isEmpty = true;
    using idle = new Watchdog(IDLE_MS, clock, stop);
    const end = await server.watch(
      { ...from, timeoutSeconds },
      (event) => {
        isEmpty = false;
        idle.feed();
        take(event);
      },
      idle.signal,
    );
    const tookMs = clock.monotonic() - beganMs;
    return {
      trouble: idle.barked ? trouble('idle', `nothing came for ${IDLE_MS / 1000} s`) : end,
      isDue: end.reason === 'closed' && tookMs >= timeoutSeconds * 1000 - DUE_MS,
      isShort: isEmpty && tookMs < SHORT_WATCH_MS,
    };
  }

  #take(event: WatchEvent): void {
    const { sink } = this.#parts;
    if (event.kind === 'put') sink.put(event.pod);
    else if (event.kind === 'removed') sink.remove(event.pod);
    this.#next = { kind: 'watch', version: event.version };
  }

  /** Null: there is nothing to wait for. */
  #ended({ trouble: end, isDue, isShort }: WatchEnd): Trouble | null {
    this.restarts[end.reason] += 1;
    const from = RELIST[end.reason];
    if (from !== undefined) this.#next = { kind: 'list', version: from === 'last' ? this.#version : null };
    if (isDue) return null;
    return end.reason === 'closed' && !isShort ? end : this.#say(end);
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
