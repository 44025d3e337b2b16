import type { StreamIdentity } from '../model/labels.ts';
import { CHANNELS, metadataBytes, type RecordView, STDERR, STDOUT } from '../model/record.ts';
import { Alarm } from '../runtime/alarm.ts';
import type { Clock } from '../runtime/clock.ts';
import type { LineMemory } from '../runtime/line-memory.ts';
import type { ChannelBounds, LineBounds, LineTable } from '../runtime/line-table.ts';
import { RecentValues } from '../runtime/recent-values.ts';
import { WireBufferPool } from '../runtime/wire-buffer.ts';
import { BatchRate, largestBurst, type RateLimits } from './batch-rate.ts';
import { BatchSize } from './batch-size.ts';
import { Batch } from './batch.ts';
import type { LaneState } from './circuit.ts';
import { Delivery, type DeliveryOptions } from './delivery.ts';
import { EntryCheck, type EntryLimits, UNSENDABLE_DETAILS, type Unsendable } from './entry-check.ts';
import type { LaneObserver } from './lane-observer.ts';
import type { Origin, Span } from './origin.ts';
import type { BatchEncoder, Output, Route } from './output.ts';
import { Refusals } from './refusals.ts';
import { type OpenBatch, Share } from './share.ts';
import type { LaneBudget } from './shared-budget.ts';
import { wholeShare } from './slice.ts';
import type { Stream } from './stream.ts';

export interface LaneOptions extends DeliveryOptions, EntryLimits, RateLimits {
  readonly batchBytes: number;
  readonly batchWaitMs: number;
  /** Room that must be left in the budget for the lane to take one more entry, whatever its size. */
  readonly headroomBytes: number;
  /** What a request of its own is made for: Loki's 204 speaks for all streams of a request, and is true for the last one alone. */
  readonly confirm: 'batch' | 'stream';
}

export interface LaneParts<R extends Route> {
  readonly output: Output<R>;
  readonly budget: LaneBudget;
  readonly clock: Clock;
  readonly observer: LaneObserver;
  readonly options: LaneOptions;
  /** Where tables of lines stand; absent: entries come one by one. */
  readonly lines?: LineMemory | undefined;
  /** What notes on the open batch are written into, for all lanes of an output; absent: it has its own. */
  readonly pool?: WireBufferPool;
}

/** What a source has in the open batch of a stream. */
export interface SourceShare {
  /** What `admit` has returned for it the last time; null before the first. */
  readonly share: object | null;
  readonly claim: Origin | null;
}

/** Less than this part of a batch is too little for a request while more may come. */
const WORTH_A_REQUEST = 1 / 4;

/**
 * One tenant of one output: where its entries are collected into batches. Delivery takes them from there. Entries of a stream leave in
 * the order they were appended; no stream waits for another.
 */
export class Lane<R extends Route> implements AsyncDisposable {
  readonly #parts: LaneParts<R>;
  readonly #encoder: BatchEncoder<R>;
  readonly #check: EntryCheck;
  readonly #rate: BatchRate;
  readonly #alarm: Alarm;
  readonly #refusals: Refusals;
  readonly #delivery: Delivery<R>;
  readonly #logs: WireBufferPool;
  readonly #metadataBytes = new RecentValues(metadataBytes);
  /** The streams that have a share in the open batch, in the order of their first entries. */
  #open: R['stream'][] = [];
  #openedMs = 0;
  readonly #batchSize: BatchSize;
  readonly #stop = new AbortController();
  #timekeeper: Promise<void> | null = null;

  constructor(parts: LaneParts<R>) {
    const { output, budget, clock, observer, options, lines } = parts;
    this.#parts = parts;
    this.#logs = parts.pool ?? new WireBufferPool();
    this.#encoder = output.encoder(lines);
    this.#batchSize = new BatchSize(Math.min(options.batchBytes, largestBurst(options)));
    this.#check = new EntryCheck(options, () => output.now());
    this.#rate = new BatchRate(options);
    this.#alarm = new Alarm(clock);
    this.#refusals = new Refusals((letters) => observer.refused(letters), budget);
    this.#delivery = new Delivery({
      ...parts,
      encoder: this.#encoder,
      alarm: this.#alarm,
      refusals: this.#refusals,
      check: this.#check,
      rate: this.#rate,
      batchSize: this.#batchSize,
    });
  }

  route(identity: StreamIdentity): R {
    return this.#parts.output.route(identity);
  }

  start(): void {
    this.#timekeeper = this.#keepTime();
  }

  get state(): LaneState {
    return this.#delivery.state;
  }

  /** Nothing may be appended: wait for the budget's `freed`. */
  get full(): boolean {
    return this.#parts.budget.availableBytes < this.#parts.options.headroomBytes;
  }

  /** Bytes in memory; none when nothing waits for anything. */
  get heldBytes(): number {
    return this.#parts.budget.usedBytes;
  }

  /** Sealed batches that wait for a request, and those in one. */
  get queuedBatches(): number {
    return this.#delivery.waiting;
  }

  get inFlight(): number {
    return this.#delivery.underWay;
  }

  /** How many requests may be under way while the store answers. */
  get window(): number {
    return this.#delivery.window;
  }

  /** From which size on a batch is closed, before compression. */
  get batchTargetBytes(): number {
    return this.#batchSize.targetBytes;
  }

  /** Seconds since 1970 of the newest entry that the store takes now: whoever has a newer one waits with it. */
  latestSeconds(): number {
    return this.#check.latestSeconds();
  }

  /** Seconds since 1970 of the oldest entry that the store takes now. */
  oldestSeconds(): number {
    return this.#check.oldestSeconds();
  }

  /** Why the store would refuse an entry; null when it would not. */
  refusal(route: R, view: RecordView): Unsendable | null {
    if (this.#open.length === 0) this.#check.refresh();
    return route.refusal ?? this.#check.refusal(view);
  }

  /**
   * Asks for a place for an entry; not while `full`. Returns the batch that `append` will put it into, or why the store would refuse
   * it: then `refuse` is to be called instead. May seal the open batch.
   */
  admit(route: R, view: RecordView): OpenBatch | Unsendable {
    const refusal = this.refusal(route, view);
    if (refusal !== null) return refusal;
    if (!this.#hasRoom(route, view)) this.#makeRoom();
    if (!this.#hasRoom(route, view)) this.seal();
    return route.stream.share ?? this.#openShare(route.stream);
  }

  #hasRoom(route: R, view: RecordView): boolean {
    return this.#encoder.bytes + this.#encoder.sizeBound(route, view) <= this.#batchSize.targetBytes;
  }

  /** Ends the open batch but for what would be a small request of its own: that stays open, until more comes or its time. */
  #makeRoom(): void {
    const least = this.#batchSize.targetBytes * WORTH_A_REQUEST;
    const bodies = this.#divideOpen();
    const mayKeep = bodies.length > 1 && this.#parts.options.confirm === 'batch';
    const kept = mayKeep ? bodies.find((streams) => countedBytes(streams) < least) : undefined;
    this.#open = kept ?? [];
    for (const streams of bodies) if (streams !== kept) this.#sealBody(streams);
  }

  #openShare(stream: R['stream']): OpenBatch {
    if (this.#open.length === 0) {
      this.#openedMs = this.#parts.clock.monotonic();
      this.#alarm.by(this.#openedMs + this.#parts.options.batchWaitMs);
    }
    const share = new Share(stream, this.#logs);
    stream.share = share;
    this.#open.push(stream);
    return share;
  }

  /** Copies an entry that was admitted just now. */
  append(route: R, view: RecordView, span: Span): void {
    const own = view.metadata === null ? 0 : this.#metadataBytes.of(view.metadata);
    const logged = route.stream.share!.append(span, view.end - view.start + route.metadataBytes + own);
    this.#parts.budget.take(this.#encoder.append(route, view) + logged);
  }

  /**
   * Lets those lines into a table that `admit` and `append` would put into the open batch one after the other. `shares`: by channel; only
   * what is still open takes lines.
   */
  boundLines(routes: readonly R[], shares: readonly SourceShare[], bounds: LineBounds): void {
    const { budget, options } = this.#parts;
    bounds.roomBytes = Math.min(this.#batchSize.targetBytes - this.#encoder.bytes, budget.availableBytes - options.headroomBytes);
    this.#check.bound(bounds);
    this.#boundChannel(routes[STDOUT]!, shares[STDOUT]!, bounds.channels[STDOUT]);
    this.#boundChannel(routes[STDERR]!, shares[STDERR]!, bounds.channels[STDERR]);
  }

  #boundChannel(route: R, { share }: SourceShare, bounds: ChannelBounds): void {
    const overheadBytes = share === null || share !== route.stream.share ? null : this.#encoder.lineOverhead(route);
    bounds.overheadBytes = overheadBytes ?? 0;
    if (overheadBytes === null) bounds.newest = -1;
  }

  /** Copies the lines of a table that was found within bounds set just now. `base` is how far places in the source are from addresses. */
  appendLines(routes: readonly R[], shares: readonly SourceShare[], table: LineTable, base: number): void {
    let logged = 0;
    // Counted by hand, like all that is done for each table and channel: an iterator is an object a step.
    for (let i = 0; i < CHANNELS.length; i += 1) {
      const channel = CHANNELS[i]!;
      const lines = table.linesOf(channel);
      if (lines === 0) continue;
      const { stream, metadataBytes } = routes[channel]!;
      stream.share!.countedBytes += table.textBytesOf(channel) + lines * metadataBytes;
      logged += stream.share!.appendLines(shares[channel]!.claim!, table, channel, base);
    }
    this.#parts.budget.take(this.#encoder.appendLines(routes, table) + logged);
  }

  /** Hands an entry that was not admitted to the dead letters, a copy of it; `onSettled` runs when it is dealt with. */
  refuse(route: R, view: RecordView, span: Span, { reason, onSettled }: { reason: Unsendable; onSettled: () => void }): void {
    const { origin, from, bytes } = span;
    const entry = this.#parts.output.plain(route, view);
    this.#refusals.add({ entry, span: { origin, from, bytes }, reason, detail: UNSENDABLE_DETAILS[reason] }, onSettled);
  }

  /** Ends the open batch: its entries leave as soon as their streams are free. */
  seal(): void {
    const bodies = this.#divideOpen();
    this.#open = [];
    for (const streams of bodies) this.#sealBody(streams);
  }

  /** The open streams by the request they go into: those that can leave at once are not kept by those that cannot. */
  #divideOpen(): R['stream'][][] {
    const open = this.#open;
    if (this.#parts.options.confirm === 'stream') return open.map((stream) => [stream]);
    const nowMs = this.#parts.clock.monotonic();
    const held = new Set(open.filter((stream) => this.#isHeld(stream, nowMs)));
    return [open.filter((stream) => !held.has(stream)), [...held]].filter(({ length }) => length > 0);
  }

  #isHeld(stream: R['stream'], nowMs: number): boolean {
    return stream.busy || stream.waiting || this.#rate.streamReadyMs(stream, stream.share!.countedBytes) > nowMs;
  }

  /** Each body is a batch of its own, with the acknowledgements of its shares. */
  #sealBody(streams: readonly R['stream'][]): void {
    const { bytes } = this.#encoder;
    const body = this.#encoder.seal(streams);
    const slices = streams.map((stream) => {
      const share = stream.share!;
      share.close();
      stream.share = null;
      return wholeShare(share);
    });
    this.#delivery.add(new Batch(body, slices));
    this.#parts.budget.give(bytes - this.#encoder.bytes);
  }

  /** Does what is due by time alone: seals a batch that is old enough, lets go what had to wait. */
  async #keepTime(): Promise<void> {
    const { signal } = this.#stop;
    for (;;) {
      await this.#alarm.wait(signal);
      if (signal.aborted) return;
      const ageMs = this.#parts.clock.monotonic() - this.#openedMs;
      if (ageMs >= this.#parts.options.batchWaitMs) this.seal();
      else if (this.#open.length > 0) this.#alarm.by(this.#openedMs + this.#parts.options.batchWaitMs);
      this.#delivery.dispatch();
    }
  }

  /** Sends what is left and waits until everything is settled or `deadline` aborts; requests still under way are then given up. */
  async drain(deadline: AbortSignal): Promise<void> {
    this.seal();
    await this.#delivery.drain(deadline);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.all([this.#delivery[Symbol.asyncDispose](), this.#timekeeper]);
  }
}

function countedBytes(streams: readonly Stream[]): number {
  return streams.reduce((sum, { share }) => sum + share!.countedBytes, 0);
}
