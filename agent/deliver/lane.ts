import type { RecordView } from '../model/record.ts';
import type { MisconfiguredReason, RefusalReason, RetryReason } from '../model/verdict.ts';
import { aborted } from '../runtime/aborted.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { ByteBudget } from '../runtime/byte-budget.ts';
import type { Clock } from '../runtime/clock.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { BatchEncoder, Output, RefusedEntry, Route, Sealed } from './output.ts';

/** Answer to an operator's mistake: it is not going to be mended within a second. */
const MISCONFIGURED_RETRY_MS = 15_000;
/**
 * Bounds what a batch full of guilty entries costs: after so many splits, pieces of no more than this fraction of the batch are given
 * up as they stand. Where pieces are too large to be taken, splitting always helps.
 */
const MAX_SPLITS = 64;

export interface LaneOptions {
  readonly batchBytes: number;
  readonly batchWaitMs: number;
  readonly maxInFlight: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** Room that must be left in the budget for the lane to take one more entry, whatever its size. */
  readonly headroomBytes: number;
}

/** What becomes of entries, for counters, logs and the dead-letter file. Called outside the per-line path. */
export interface LaneObserver {
  stored(entries: number, bytes: number): void;
  /** All entries of a batch are stored or accounted for: positions have moved. */
  settled(): void;
  retrying(reason: RetryReason, detail: string, delayMs: number): void;
  misconfigured(reason: MisconfiguredReason, detail: string): void;
  refused(reason: RefusalReason, detail: string, entries: readonly RefusedEntry[]): Promise<void>;
}

export type LaneState = 'untried' | 'reachable' | 'unreachable' | 'misconfigured';

/** The entries that go into one request, and who waits for it. */
class Batch {
  #settled: (() => void)[] = [];
  sealed: Sealed | null = null;
  splits = 0;

  /** `callback` runs once all entries of the batch are stored or accounted for. */
  onSettled(callback: () => void): void {
    this.#settled.push(callback);
  }

  /** Sources remember the batch that they wrote to last, so it keeps nothing. */
  settle(): void {
    for (const callback of this.#settled) callback();
    this.#settled = [];
    this.sealed = null;
  }
}

/**
 * One output (and later one tenant of it): an open batch, a queue of sealed ones, and the requests under way. Entries of a stream
 * leave in the order they were appended; batches without a common stream overtake each other. Retryable failures are retried for ever.
 */
export class Lane<R extends Route> implements AsyncDisposable {
  state: LaneState = 'untried';
  readonly #output: Output<R>;
  readonly #options: LaneOptions;
  readonly #budget: ByteBudget;
  readonly #clock: Clock;
  readonly #observer: LaneObserver;
  readonly #encoder: BatchEncoder<R>;
  #batch = new Batch();
  #openedMs = 0;
  readonly #opened = new Wakeup();
  readonly #queue: Batch[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  #flusher: Promise<void> | null = null;

  constructor(parts: { output: Output<R>; budget: ByteBudget; clock: Clock; observer: LaneObserver; options: LaneOptions }) {
    this.#output = parts.output;
    this.#options = parts.options;
    this.#budget = parts.budget;
    this.#clock = parts.clock;
    this.#observer = parts.observer;
    this.#encoder = parts.output.encoder();
  }

  start(): void {
    this.#flusher = this.#flushByAge();
  }

  /** The batch that the next entry goes into; changes when it is sealed. Identity only. */
  get batch(): { onSettled(callback: () => void): void } {
    return this.#batch;
  }

  /** Nothing may be appended: wait for the budget's `freed`. */
  get full(): boolean {
    return this.#budget.availableBytes < this.#options.headroomBytes;
  }

  get queuedBatches(): number {
    return this.#queue.length;
  }

  get inFlight(): number {
    return this.#underWay.size;
  }

  /** Copies an entry into the open batch; not while `full`. */
  append(route: R, entry: RecordView): void {
    if (this.#encoder.bytes + this.#encoder.sizeBound(route, entry) > this.#options.batchBytes) this.seal();
    if (this.#encoder.entries === 0) {
      this.#openedMs = this.#clock.monotonic();
      this.#opened.ring();
    }
    this.#budget.take(this.#encoder.append(route, entry));
  }

  /** Ends the open batch and sends it as soon as its streams are free. */
  seal(): void {
    if (this.#encoder.entries === 0) return;
    const { bytes } = this.#encoder;
    const sealed = this.#encoder.seal();
    this.#budget.take(sealed.body.length);
    this.#budget.give(bytes);
    this.#batch.sealed = sealed;
    this.#queue.push(this.#batch);
    this.#batch = new Batch();
    this.#dispatch();
  }

  async #flushByAge(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      if (this.#encoder.entries === 0) {
        await this.#opened.wait(signal);
        continue;
      }
      const leftMs = this.#openedMs + this.#options.batchWaitMs - this.#clock.monotonic();
      if (leftMs <= 0) this.seal();
      else await this.#clock.sleep(leftMs, signal);
    }
  }

  /** Starts every queued batch whose streams are free and of which no earlier batch waits. */
  #dispatch(): void {
    const waiting = new Set<object>();
    for (const batch of this.#queue.slice()) {
      if (this.#underWay.size >= this.#options.maxInFlight || this.#stop.signal.aborted) return;
      const { streams } = batch.sealed!;
      if (streams.some((stream) => stream.busy || waiting.has(stream))) {
        for (const stream of streams) waiting.add(stream);
        continue;
      }
      this.#queue.splice(this.#queue.indexOf(batch), 1);
      this.#send(batch);
    }
  }

  #send(batch: Batch): void {
    const { streams, body } = batch.sealed!;
    for (const stream of streams) stream.busy = true;
    const work = this.#deliver(batch, body).then((settled) => {
      this.#underWay.delete(work);
      if (!settled) return;
      for (const stream of streams) stream.busy = false;
      batch.settle();
      this.#observer.settled();
      this.#encoder.release(body);
      this.#budget.give(body.length);
      this.#dispatch();
    });
    this.#underWay.add(work);
  }

  /** Resolves with whether all entries of the body are stored or accounted for; false when stopped before. */
  async #deliver(batch: Batch, body: Buffer): Promise<boolean> {
    const { signal } = this.#stop;
    const backoff = new Backoff(this.#clock, this.#options.backoffMinMs, this.#options.backoffMaxMs);
    while (!signal.aborted) {
      const verdict = await this.#output.push(body, signal);
      if (signal.aborted && verdict.kind !== 'stored') return false;
      switch (verdict.kind) {
        case 'stored':
          this.state = 'reachable';
          this.#observer.stored(batch.splits === 0 ? batch.sealed!.entries : this.#output.open(body).length, body.length);
          return true;
        case 'refused':
          this.state = 'reachable';
          return this.#divide(batch, body, verdict);
        case 'misconfigured':
          this.state = 'misconfigured';
          this.#observer.misconfigured(verdict.reason, verdict.detail);
          await this.#clock.sleep(MISCONFIGURED_RETRY_MS, signal);
          break;
        case 'retry': {
          this.state = 'unreachable';
          const delayMs = Math.max(backoff.nextMs(), verdict.afterMs ?? 0);
          this.#observer.retrying(verdict.reason, verdict.detail, delayMs);
          await this.#clock.sleep(delayMs, signal);
          break;
        }
      }
    }
    return false;
  }

  /** Halves a refused body until the guilty entries stand alone; those are handed to the observer, their neighbours delivered. */
  async #divide(batch: Batch, body: Buffer, refusal: { reason: RefusalReason; detail: string }): Promise<boolean> {
    const entries = this.#output.open(body);
    const { splits, sealed } = batch;
    const mayDivide = refusal.reason === 'too_large' || splits < MAX_SPLITS || entries.length > sealed!.entries / MAX_SPLITS;
    const halves = mayDivide ? this.#output.split(body) : null;
    if (halves === null) {
      await this.#observer.refused(refusal.reason, refusal.detail, entries);
      return true;
    }
    batch.splits += 1;
    for (const half of halves) if (!(await this.#deliver(batch, half))) return false;
    return true;
  }

  /** Sends what is left and waits until everything is settled or `deadline` aborts; requests still under way are then given up. */
  async drain(deadline: AbortSignal): Promise<void> {
    this.seal();
    const over = aborted(deadline);
    while (!deadline.aborted && (this.#queue.length > 0 || this.#underWay.size > 0)) await Promise.race([...this.#underWay, over]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#underWay, this.#flusher]);
  }
}
