import type { Guilty, Verdict } from '../model/verdict.ts';
import { aborted } from '../runtime/aborted.ts';
import type { Alarm } from '../runtime/alarm.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { BatchQueue } from './batch-queue.ts';
import type { BatchRate } from './batch-rate.ts';
import type { BatchSize } from './batch-size.ts';
import type { Batch } from './batch.ts';
import { Circuit, type LaneState } from './circuit.ts';
import type { EntryCheck } from './entry-check.ts';
import type { LaneObserver } from './lane-observer.ts';
import type { BatchEncoder, Output, Route } from './output.ts';
import { type Cut, divide, pieceOf } from './piece.ts';
import type { Refusals } from './refusals.ts';
import { sentence } from './sentence.ts';
import type { LaneBudget } from './shared-budget.ts';
import { Witnesses } from './suspicion.ts';
import { Window } from './window.ts';

type Refused = Extract<Verdict, { kind: 'refused' }>;
type Retry = Extract<Verdict, { kind: 'retry' }>;

/**
 * Bounds what a batch full of guilty entries costs: after so many splits, pieces of no more than this fraction of the batch are given
 * up as they stand. Where pieces are too large to be taken, splitting always helps.
 */
const MAX_SPLITS = 64;

export interface DeliveryOptions {
  readonly maxInFlight: number;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
}

export interface DeliveryParts<R extends Route> {
  readonly output: Output<R>;
  readonly encoder: BatchEncoder<R>;
  readonly budget: LaneBudget;
  readonly clock: Clock;
  /** Asked for when a batch may go later for no other reason than time: `dispatch` is to be called then. */
  readonly alarm: Alarm;
  readonly observer: LaneObserver;
  readonly refusals: Refusals;
  readonly check: EntryCheck;
  readonly rate: BatchRate;
  readonly batchSize: BatchSize;
  readonly options: DeliveryOptions;
}

/**
 * The way of sealed batches to the store: as many at once as the store bears, in order per stream, again and again until each entry is
 * stored or given up for a reason.
 */
export class Delivery<R extends Route> implements AsyncDisposable {
  readonly #parts: DeliveryParts<R>;
  readonly #queue = new BatchQueue();
  readonly #backoff: Backoff;
  readonly #window: Window;
  readonly #circuit: Circuit;
  readonly #witnesses = new Witnesses();
  readonly #requests = new Set<Promise<void>>();
  /** Rings when a request has ended. */
  readonly #moved = new Wakeup();
  readonly #stop = new AbortController();

  constructor(parts: DeliveryParts<R>) {
    const { clock, options } = parts;
    this.#parts = parts;
    this.#backoff = new Backoff(clock, options.backoffMinMs, options.backoffMaxMs);
    this.#window = new Window(options.maxInFlight, clock.monotonic());
    this.#circuit = new Circuit(clock, this.#backoff, this.#window);
  }

  get state(): LaneState {
    return this.#circuit.lane;
  }

  /** Batches that wait for a request, and those in one. */
  get waiting(): number {
    return this.#queue.waiting;
  }

  get underWay(): number {
    return this.#queue.underWay;
  }

  /** How many requests may be under way while the store answers. */
  get window(): number {
    return this.#window.slots;
  }

  add(batch: Batch): void {
    this.#parts.budget.take(batch.body.length);
    this.#queue.add(batch);
    this.dispatch();
  }

  /** Makes the requests that may be made now. */
  dispatch(): void {
    const { clock, alarm, rate } = this.#parts;
    const nowMs = clock.monotonic();
    while (!this.#stop.signal.aborted) {
      const { next, dueMs } = this.#queue.look(nowMs, (batch) => Math.max(batch.dueMs, rate.readyMs(batch)));
      const { untilMs, slots } = this.#circuit;
      if (next === null || untilMs > nowMs) return alarm.by(Math.max(next === null ? dueMs : nowMs, untilMs));
      if (this.#queue.underWay >= slots) {
        this.#window.held();
        return alarm.by(dueMs);
      }
      this.#send(next, nowMs);
    }
  }

  #send(batch: Batch, nowMs: number): void {
    const { rate, budget } = this.#parts;
    this.#queue.send(batch);
    this.#circuit.begin();
    rate.charge(batch, nowMs);
    // For those who paused since one of its streams was waiting.
    budget.freed.ring();
    const request = this.#attempt(batch, this.#window.begin()).then(() => {
      this.#requests.delete(request);
      this.#moved.ring();
      this.dispatch();
    });
    this.#requests.add(request);
  }

  /** `request`: its number in the window. */
  async #attempt(batch: Batch, request: number): Promise<void> {
    const { output, observer, clock } = this.#parts;
    const { signal } = this.#stop;
    const sentMs = clock.monotonic();
    const verdict = await output.push(batch.body, signal);
    if (signal.aborted && verdict.kind !== 'stored') return;
    switch (verdict.kind) {
      case 'stored':
        this.#circuit.answered();
        this.#adapt(batch, request, sentMs);
        this.#noteStored(batch, batch.entries);
        return this.#settle(batch, []);
      case 'refused':
        return this.#refuse(batch, verdict);
      case 'retry':
        return this.#retry(batch, request, verdict);
      case 'misconfigured':
        observer.misconfigured(verdict.reason, verdict.detail);
        return this.#putBack(batch, this.#circuit.misconfigured());
    }
  }

  /** A request that was stored as it was says how much more may be asked of the store. */
  #adapt({ body, bytes }: Batch, request: number, sentMs: number): void {
    const nowMs = this.#parts.clock.monotonic();
    this.#window.stored({ request, bytes: body.length, ms: nowMs - sentMs, nowMs });
    this.#parts.batchSize.stored(bytes, nowMs);
  }

  #putBack(batch: Batch, delayMs: number): void {
    this.#delay(batch, batch.failures + 1, delayMs);
    this.#queue.putBack(batch);
  }

  #delay(batch: Batch, failures: number, delayMs: number): void {
    batch.failures = failures;
    batch.dueMs = this.#parts.clock.monotonic() + delayMs;
  }

  /** The same bytes again; unless it is some streams that the store did not take, or the bytes are what makes it fail. */
  async #retry(batch: Batch, request: number, verdict: Retry): Promise<void> {
    const { reason, detail, afterMs, streams } = verdict;
    if (streams !== null && streams.length < batch.loads.length) return this.#setApart(batch, verdict, new Set(streams));
    const suspected = reason === 'server_error' ? batch.suspicion.note(detail, this.#witnesses, batch.family) : 'no';
    if (suspected === 'proven') return this.#refuse(batch, { kind: 'refused', reason: 'poison', detail, guilty: null });
    this.#witnesses.noteFailed(batch.family);
    this.#window.failed(request);
    const delayMs = this.#circuit.failed(batch.failures, afterMs ?? 0);
    this.#parts.observer.retrying(reason, detail, delayMs);
    if (suspected === 'unproven' && batch.mayGuess && batch.entries > 1) this.#divide(batch, 'probe');
    else if (this.#isTooMuch(batch, reason)) this.#halve(batch, delayMs);
    else this.#putBack(batch, delayMs);
  }

  /**
   * Whether half of the batch might pass. Loki takes all of a request's bytes out of a tenant's rate at once or none, so that one that is
   * larger than the burst never passes (pkg/distributor/distributor.go); one that is not sent within the time-out may be too much for the
   * network. The first failure is no reason yet to send it in more requests.
   */
  #isTooMuch({ bytes, failures, entries }: Batch, reason: Retry['reason']): boolean {
    if (reason !== 'rate_limited' && reason !== 'timeout') return false;
    const { batchSize } = this.#parts;
    batchSize.failed(bytes);
    return failures > 0 && entries > 1 && bytes > batchSize.targetBytes;
  }

  /** In two pieces, which have failed as their batch has. */
  #halve(batch: Batch, delayMs: number): void {
    const pieces = divide(this.#parts.output, batch, 'half');
    for (const piece of pieces) this.#delay(piece, batch.failures + 1, delayMs);
    this.#replace(batch, pieces);
  }

  /** The streams that the store did not take wait; the others, which it may have stored, are sent again at once. */
  #setApart(batch: Batch, { reason, detail, afterMs }: Retry, limited: ReadonlySet<number>): void {
    const { output, observer } = this.#parts;
    this.#circuit.answered();
    const delayMs = Math.max(this.#backoff.delayMs(batch.failures), afterMs ?? 0);
    observer.retrying(reason, detail, delayMs);
    const { inside, outside } = batch.partition(limited);
    this.#replace(batch, [this.#later(batch, inside, delayMs), pieceOf(output, batch, outside)]);
  }

  /** Gives up the guilty entries; while they are not known, divides the batch to find them. */
  async #refuse(batch: Batch, { reason, detail, guilty }: Refused): Promise<void> {
    const { batchSize, clock } = this.#parts;
    this.#circuit.answered();
    if (reason === 'too_large') batchSize.tooLarge(batch.bytes, clock.monotonic());
    if (guilty !== null) return this.#convict(batch, guilty);
    const { splits, entries } = batch.family;
    const small = splits >= MAX_SPLITS && batch.entries <= entries / MAX_SPLITS;
    if (batch.entries > 1 && (reason === 'too_large' || !small)) return this.#divide(batch, 'half');
    const all = batch.positions().map((index) => ({ index, reason, detail }));
    return this.#convict(batch, { entries: all, others: 'stored' });
  }

  #divide(batch: Batch, cut: Cut): void {
    batch.family.splits += 1;
    this.#replace(batch, divide(this.#parts.output, batch, cut));
  }

  /** The guilty entries go to the dead letters, but for those that came too early; others of which nothing is known are sent again. */
  async #convict(batch: Batch, guilty: Guilty): Promise<void> {
    const { output, check, refusals } = this.#parts;
    const { refused, early, others, holdMs } = sentence(batch, guilty.entries, { entries: output.open(batch.body), check });
    if (refused.length > 0) await refusals.hand(refused);
    const rest: Batch[] = [];
    if (others.length > 0) {
      if (guilty.others === 'stored') this.#noteStored(batch, others.length);
      else rest.push(pieceOf(output, batch, others));
    }
    if (early.length > 0) rest.push(this.#later(batch, early, Math.max(holdMs, this.#backoff.delayMs(batch.failures))));
    this.#settle(batch, rest);
  }

  /** A piece that is tried after a delay, as one that has failed once more than its batch. */
  #later(batch: Batch, positions: readonly number[], delayMs: number): Batch {
    const piece = pieceOf(this.#parts.output, batch, positions);
    this.#delay(piece, batch.failures + 1, delayMs);
    return piece;
  }

  #replace(batch: Batch, pieces: readonly Batch[]): void {
    const { budget } = this.#parts;
    this.#queue.replace(batch, pieces);
    for (const { body } of pieces) budget.take(body.length);
    budget.give(batch.body.length);
  }

  #noteStored(batch: Batch, entries: number): void {
    this.#witnesses.noteStored();
    this.#parts.observer.stored(entries, batch.body.length);
  }

  /** All entries but those of `rest`, in order, are stored or accounted for. */
  #settle(batch: Batch, rest: readonly Batch[]): void {
    const { observer, encoder, budget } = this.#parts;
    this.#replace(batch, rest);
    for (const { share, entries } of batch.without(rest)) budget.give(share.settle(entries));
    observer.settled();
    encoder.release(batch.body);
  }

  /** Waits until every batch is settled or `deadline` aborts. */
  async drain(deadline: AbortSignal): Promise<void> {
    while (!deadline.aborted && this.waiting + this.underWay > 0) await this.#moved.wait(deadline);
    await Promise.race([this.#parts.refusals.idle(), aborted(deadline)]);
  }

  /** Calls off the requests under way. What an answer that still comes says is stored counts. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#requests, this.#parts.refusals.idle()]);
  }
}
