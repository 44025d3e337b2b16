import type { AckTracker } from '../checkpoint/ack-tracker.ts';
import { Claim } from './claim.ts';
import type { Unsendable } from '../deliver/entry-check.ts';
import type { Origin } from '../deliver/origin.ts';
import type { Route } from '../deliver/output.ts';
import type { OpenBatch } from '../deliver/share.ts';
import type { EntryDecoder } from './entry-decoder.ts';
import type { GapReporter } from './gap-reporter.ts';
import { type RetentionLimits, secondsUntilLoss } from '../ledger/retention.ts';
import type { SourceLedger } from '../ledger/source-ledger.ts';
import { WriteRate } from '../ledger/write-rate.ts';
import type { Counters } from '../model/counters.ts';
import type { Newest, Position } from '../model/position.ts';
import { otherChannel, type RecordView, type SourceChannel, STDERR, STDOUT } from '../model/record.ts';
import type { LogSource, Source } from '../model/source.ts';
import { LineBounds } from '../runtime/line-table.ts';
import type { SourceLog } from '../tail/source-log.ts';
import { Places } from './places.ts';
import { claimLines, type Lanes, type Place } from './place.ts';
import type { RateLimit } from './rate-limit.ts';
import type { SourceRoutes } from './source-routes.ts';
import { UntouchedLines } from './untouched-lines.ts';

export interface TailedSourceParts<R extends Route, S extends LogSource = Source> {
  readonly source: S;
  readonly log: SourceLog;
  readonly decoder: EntryDecoder;
  readonly acks: AckTracker;
  readonly routes: SourceRoutes<R>;
  /** How much may be sent of it; absent: any amount. */
  readonly limits?: (() => readonly RateLimit[]) | undefined;
  readonly lanes: Lanes<R>;
  readonly ledger: SourceLedger;
  readonly gaps: GapReporter<R>;
  readonly counters: Counters;
  readonly clockHoldSeconds: number;
  readonly nowMs: number;
}

/**
 * What a turn leaves: another one would get further, it would not, the store has to take something of the source first, or what comes
 * next is not due yet.
 */
export type TurnEnd = 'more' | 'nothing' | 'blocked' | 'early';

const NONE: readonly RateLimit[] = [];

/** What is done with the entries of a turn: they go to the store, or are given up since more is written than a rule lets through. */
export type TurnAim = 'send' | 'drop';

export interface Turn {
  readonly nowMs: number;
  /** By channel, the latest time of an entry that may be handed on. */
  readonly latest: readonly number[];
  readonly aim: TurnAim;
}

/** One source on its way to one output: its chain of files, its decoder, its books, and what of it is not settled yet. */
export class TailedSource<R extends Route, S extends LogSource = Source> {
  readonly source: S;
  readonly #parts: TailedSourceParts<R, S>;
  /** Where it sends to. */
  readonly places: Places<R>;
  /** Place in the source up to which bytes belong to entries that were handed on. */
  #attributed: number;
  readonly #span: { origin: Origin; from: number; bytes: number };
  readonly #bounds = new LineBounds();
  /** What is being read. */
  #chunk: Buffer = Buffer.alloc(0);
  readonly #untouched = new UntouchedLines();
  readonly #rate: WriteRate;
  /** Time and channel of the entry that was sent last: what is said of gaps stands behind it. */
  readonly #sent: { seconds: number; nanos: number; channel: SourceChannel };
  /** No entry that comes next is older, in seconds since 1970. */
  headSeconds: number = Number.NEGATIVE_INFINITY;

  constructor(parts: TailedSourceParts<R, S>) {
    this.source = parts.source;
    this.#parts = parts;
    this.places = new Places(parts.lanes);
    this.#attributed = parts.decoder.at;
    this.#rate = new WriteRate(parts.nowMs);
    const { time, channel } = parts.decoder.newest;
    this.#sent = { seconds: time[0], nanos: time[1], channel };
    this.#span = { origin: this.#claim(() => undefined), from: 0, bytes: 0 };
  }

  get routes(): SourceRoutes<R> {
    return this.#parts.routes;
  }

  get limits(): readonly RateLimit[] {
    return this.#parts.limits?.() ?? NONE;
  }

  get unreadBytes(): number {
    return this.#parts.log.unreadBytes;
  }

  /** Unread bytes that are on disk only because the source is open. */
  get heldBytes(): number {
    return this.#parts.log.heldBytes;
  }

  get heldSinceMs(): number | null {
    return this.#parts.log.heldSinceMs;
  }

  letGo(): void {
    this.#parts.log.letGo();
  }

  /** Nothing of the source waits in memory: no open part, no entry without an answer, no gap without its record. */
  get settled(): boolean {
    const { decoder, acks, gaps } = this.#parts;
    return !decoder.holds && acks.pending === 0 && gaps.gaps.length === 0;
  }

  /** Entries or records of gaps are on their way to the store. */
  get awaitsAnswers(): boolean {
    const { acks, gaps } = this.#parts;
    return acks.pending > 0 || gaps.underWay;
  }

  /** All that is not settled could be read again by whoever opens the log now. */
  get isOnDisk(): boolean {
    const { log, acks, decoder } = this.#parts;
    return log.isOnDisk(acks.committable(() => decoder.resumePoint()));
  }

  get holdsParts(): boolean {
    return this.#parts.decoder.holds;
  }

  /** Why the newest file of the log could not be opened at the last look. */
  get followFailure(): string | null {
    return this.#parts.log.followFailure;
  }

  /** Looks at the disk; returns whether a turn may get further than the last one. */
  poll(nowMs: number): boolean {
    const { log, ledger } = this.#parts;
    const seenBytes = ledger.seenBytes;
    const changed = log.poll(nowMs);
    this.#rate.grew(ledger.seenBytes - seenBytes, nowMs);
    return changed;
  }

  /**
   * Reads one chunk into `buffer` and hands its entries to their lanes, through `view`. Stops early when it is `full`, or a lane has to take
   * what it has of these streams first, or the time of a record is later than `latest` says for its channel, or a limit lets no more
   * through: what was not consumed is read again. The routes must be known. Rejects on I/O errors.
   */
  async turn(buffer: Buffer, view: RecordView, { nowMs, latest, aim }: Turn): Promise<TurnEnd> {
    const { log, decoder, counters, gaps, routes } = this.#parts;
    if (this.places.waiting) return 'blocked';
    const chunk = await log.read(buffer, nowMs);
    decoder.joinLines(routes.multiline);
    if (chunk.afterGap) this.giveUpParts(view, Number.POSITIVE_INFINITY);
    if (this.full) return 'more';
    gaps.add(chunk.gaps, decoder.newest.time);
    for (let channel = 0; channel < latest.length; channel += 1) this.#hold(channel as SourceChannel, latest[channel]!);
    const { malformed, records } = decoder.counts;
    this.#chunk = buffer.subarray(0, chunk.length);
    routes.processing?.reads(this.#chunk);
    decoder.feed({ ...chunk, bytes: this.#chunk, full: chunk.length === buffer.length }, chunk.birth);
    if (aim === 'send') this.#appendAll(view, nowMs);
    else this.#drop(view);
    const { consumed } = decoder;
    counters.readBytes += consumed;
    counters.readRecords += decoder.counts.records - records;
    counters.malformedRecords += decoder.counts.malformed - malformed;
    log.advance(chunk, consumed);
    return this.#endOfTurn(chunk.endsFile || consumed > 0);
  }

  /** Records from the future wait for the store's clock, and a source that is ahead of its stream for the others. */
  #hold(channel: SourceChannel, latest: number): void {
    const { decoder, lanes, routes, clockHoldSeconds } = this.#parts;
    const now = lanes.laneOf(routes.byChannel[channel]!).latestSeconds();
    decoder.hold(channel, { after: Math.min(now, latest), upTo: now + clockHoldSeconds });
  }

  #endOfTurn(advanced: boolean): TurnEnd {
    const { decoder, log } = this.#parts;
    const { earlySeconds } = decoder;
    this.headSeconds = earlySeconds ?? decoder.newest.time[0];
    if (this.places.full) return 'more';
    if (this.places.waiting) return 'blocked';
    if (earlySeconds !== null) return 'early';
    return advanced && log.unreadBytes > 0 ? 'more' : 'nothing';
  }

  /** As far as limits let it through; what they do not has to wait for another turn. */
  #appendAll(view: RecordView, nowMs: number): void {
    const { decoder } = this.#parts;
    const { limits } = this;
    const most = limits.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...limits.map((limit) => limit.sendableBytes(nowMs)));
    while (!this.places.full && !this.places.waiting && decoder.consumed < most) {
      if (!this.#appendLines(most - decoder.consumed) && !this.#appendNext(view)) break;
    }
    for (const limit of limits) limit.sent(decoder.consumed, nowMs);
  }

  /** Gives up the entries of the chunk, of which more are written than a limit lets through: none of them is cut. */
  #drop(view: RecordView): void {
    const { decoder, routes, ledger, gaps } = this.#parts;
    const from = decoder.newest.time;
    let [bytes, lines] = [0, 0];
    while (decoder.next(view)) {
      const entryBytes = decoder.at - this.#attributed;
      this.#attributed = decoder.at;
      if (view.channel === routes.muted) ledger.skipped(entryBytes);
      else [bytes, lines] = [bytes + entryBytes, lines + 1];
    }
    if (lines === 0) return;
    ledger.givenUp('over_limit', bytes, lines);
    gaps.add([{ reason: 'over_limit', bytes, lines }], from);
    const [limit] = this.limits;
    if (limit !== undefined) limit.use.droppedBytes += bytes;
  }

  /** Nothing more is to be read of it before its lanes have room: see Places. */
  get full(): boolean {
    const { routes } = this.#parts;
    return routes.known && this.places.fullFor(routes.byChannel);
  }

  #appendNext(view: RecordView): boolean {
    const found = this.#parts.decoder.next(view);
    if (found) this.#append(view);
    return found;
  }

  /**
   * Appends what comes next many lines at a time, as long as that makes no difference: nothing is to be done with a line, and each goes where
   * one of the source and channel has gone before. Returns false where that has to be done for one line.
   */
  #appendLines(mostBytes: number): boolean {
    const { routes, decoder, gaps, counters } = this.#parts;
    if (!decoder.hasTables || routes.muted !== null || gaps.due || this.#attributed !== decoder.at) return false;
    const bounds = this.#bounds;
    bounds.end = this.#untouched.endIn(this.#chunk, decoder.consumed, routes.processing);
    if (bounds.end <= decoder.consumed) return false;
    const places = this.places.of(routes.byChannel);
    const { lane } = places[STDOUT]!;
    lane.boundLines(routes.byChannel, places, bounds);
    bounds.roomBytes = Math.min(bounds.roomBytes, mostBytes);
    // In a stream that both go into they keep the order in which they were written.
    const other = otherChannel(this.#sent.channel);
    if (routes.byChannel[STDOUT]!.stream === routes.byChannel[STDERR]!.stream) bounds.channels[other].newest = -1;
    const table = decoder.nextLines(bounds);
    if (table === null) return false;
    claimLines(places, STDOUT, table);
    claimLines(places, STDERR, table);
    lane.appendLines(routes.byChannel, places, table, decoder.tableBase);
    counters.appendedEntries += table.lines;
    this.#attributed = decoder.at;
    const last = table.lines - 1;
    this.#sent.seconds = table.seconds(last);
    this.#sent.nanos = table.nanos(last);
    this.#sent.channel = table.channel(last);
    return true;
  }

  #append(view: RecordView): void {
    const { routes, decoder, counters, gaps } = this.#parts;
    const { channel } = view;
    const route = routes.route(view);
    if (route === null) return this.#filter();
    const place = this.places.at(route);
    const { lane } = place;
    if (gaps.due && lane.refusal(route, view) === null) gaps.report(this.#newestSent, [view.seconds, view.nanos]);
    const span = this.#span;
    span.from = this.#attributed;
    span.bytes = decoder.at - span.from;
    this.#attributed = decoder.at;
    counters.appendedEntries += 1;
    const admitted = lane.admit(route, view);
    if (typeof admitted === 'string') return this.#refuse(place, view, admitted);
    if (admitted !== place.share) this.#open(place, admitted, channel);
    span.origin = place.claim!;
    place.claim!.add(span.bytes);
    lane.append(route, view, span);
    const sent = this.#sent;
    sent.seconds = view.seconds;
    sent.nanos = view.nanos;
    sent.channel = channel;
  }

  /** A stage, or the owner of its channel, has left the entry out: that settles it. */
  #filter(): void {
    const { ledger, decoder } = this.#parts;
    ledger.skipped(decoder.at - this.#attributed);
    this.#attributed = decoder.at;
  }

  get #newestSent(): Newest {
    const { seconds, nanos, channel } = this.#sent;
    return { time: [seconds, nanos], channel };
  }

  /** The first entry of the source in a batch: from here on it would have to be read again. */
  #open(place: Place<R>, share: OpenBatch, channel: SourceChannel): void {
    const { acks, decoder, routes } = this.#parts;
    const claim = this.#claim(acks.take(routes.remembering(decoder.resumeBeforeEntry(), channel)));
    share.onSettled(() => claim.settled());
    place.share = share;
    place.claim = claim;
  }

  #refuse({ route, lane }: Place<R>, view: RecordView, reason: Unsendable): void {
    const { acks, decoder, routes } = this.#parts;
    const claim = this.#claim(acks.take(routes.remembering(decoder.resumeBeforeEntry(), view.channel)));
    claim.add(this.#span.bytes);
    lane.refuse(route, view, { ...this.#span, origin: claim }, { reason, onSettled: () => claim.settled() });
  }

  #claim(settle: () => void): Claim {
    const { ledger, gaps, decoder, log, source } = this.#parts;
    return new Claim({
      ledger,
      describe: (from) => ({ source: source.id, ...log.locate(from) }),
      gap: (gap) => gaps.add([gap], decoder.newest.time),
      settle,
    });
  }

  /**
   * Ships records of which no more lines are waited for after that much silence, and the parts of lines that are not going to be finished,
   * marked as partial, as far as there is room.
   */
  giveUpParts(view: RecordView, silentMs: number): void {
    const { decoder, log } = this.#parts;
    while (!this.full && decoder.flush(view, silentMs, log.unreadBytes > 0)) this.#append(view);
  }

  /** Says what is missing though nothing comes behind it; not while it is `full`. */
  reportGaps(): void {
    const { gaps, log, decoder } = this.#parts;
    gaps.add(log.takeGapsAtEnd(), decoder.newest.time);
    if (gaps.unsent) gaps.report(this.#newestSent, null);
  }

  /** Its last read has failed. Returns whether what could not be read is given up, since there is no hope for it. */
  passUnreadable(): boolean {
    return this.#parts.log.passUnreadable();
  }

  /** The log has ended: what stands behind its last line feed is all there will be. */
  end(): void {
    this.#parts.log.end();
  }

  /** From where the source must be read again after a crash now. */
  position(): Position {
    const { log, acks, decoder, gaps, routes } = this.#parts;
    const position = log.position(acks.committable(() => routes.remembering(decoder.resumePoint(), null)));
    const { attribution } = routes;
    return { ...position, gaps: [...gaps.gaps, ...position.gaps], ...(attribution === null ? {} : { attribution }) };
  }

  /** Until the kubelet removes bytes of it that are not stored; infinite when all are. */
  secondsUntilLoss(limits: RetentionLimits): number {
    if (this.settled && this.unreadBytes === 0) return Number.POSITIVE_INFINITY;
    if (this.heldBytes > 0) return 0;
    const { files, channels } = this.position();
    const sizes = files.slice(Math.min(...channels.map(({ file }) => file))).map(({ size }) => size);
    return secondsUntilLoss({ sizes, bytesPerSecond: this.#rate.bytesPerSecond }, limits);
  }

  /** Bytes that were read and are in no entry yet. */
  get #unattributedBytes(): number {
    return this.#parts.decoder.at - this.#attributed;
  }

  /** By how many bytes the books do not balance: 0, unless there is a bug. */
  get unbalancedBytes(): number {
    return this.#parts.ledger.unbalanced(this.unreadBytes, this.#unattributedBytes);
  }

  /** What is unread or held in parts is out of sight then. */
  close(): void {
    const { log, ledger, decoder } = this.#parts;
    ledger.saw(-this.unreadBytes - this.#unattributedBytes);
    decoder.close();
    log.close();
  }
}
