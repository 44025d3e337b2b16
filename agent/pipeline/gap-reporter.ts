import type { Origin, Span } from '../deliver/origin.ts';
import type { Route } from '../deliver/output.ts';
import { type DatedGap, fillGapRecord, justAfter } from '../ledger/gap-record.ts';
import type { Gap } from '../model/gap.ts';
import type { Newest, Time } from '../model/position.ts';
import { RecordView } from '../model/record.ts';
import { timeOf } from '../runtime/civil-time.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Lanes } from './place.ts';
import type { SourceRoutes } from './source-routes.ts';

/** Reasons for which a whole stream is refused: no record of it would be taken there. */
const UNREPORTABLE: ReadonlySet<Gap['reason']> = new Set(['bad_labels', 'bad_metadata']);

/** What goes on for long is not said with every turn of it. */
const ONGOING: ReadonlySet<Gap['reason']> = new Set(['over_limit']);
const SAY_MS = 10_000;

/** How much younger than the store's limit a record is that is about older times: it must still be taken when it arrives. */
const AGE_MARGIN_SECONDS = 60;

/** Between which times, in seconds since 1970, a store takes entries now. */
interface StoreTimes {
  oldestSeconds(): number;
  latestSeconds(): number;
}

/** Says in a source's own stream what is missing from it: a gap is kept, in checkpoints too, until its record is stored. */
export class GapReporter<R extends Route> {
  readonly #lanes: Lanes<R>;
  readonly #routes: SourceRoutes<R>;
  readonly #clock: Clock;
  readonly #view = new RecordView();
  #unsent: DatedGap[] = [];
  /** Not of what goes on and was said a moment ago. */
  #isDue = false;
  #saidMs = Number.NEGATIVE_INFINITY;
  readonly #sent = new Set<DatedGap>();

  constructor(lanes: Lanes<R>, routes: SourceRoutes<R>, clock: Clock) {
    this.#lanes = lanes;
    this.#routes = routes;
    this.#clock = clock;
  }

  /** Gaps whose record is not stored yet. */
  get gaps(): readonly Gap[] {
    return [...this.#sent, ...this.#unsent].map(({ reason, bytes, lines }) => ({ reason, bytes, lines }));
  }

  /** What is missing has to be said before the next entry. */
  get due(): boolean {
    return this.#isDue;
  }

  get unsent(): boolean {
    return this.#unsent.length > 0;
  }

  /** Records wait for an answer of the store. */
  get underWay(): boolean {
    return this.#sent.size > 0;
  }

  /** Takes note of gaps behind the entry of the time `from`; those of one reason become one as long as nothing was said of them. */
  add(gaps: readonly Gap[], from: Time): void {
    for (const gap of gaps) {
      if (UNREPORTABLE.has(gap.reason)) continue;
      const same = this.#unsent.findIndex(({ reason }) => reason === gap.reason);
      const dated = { ...gap, from: from[0] === 0 ? null : from, until: null };
      if (same === -1) this.#unsent.push(dated);
      else this.#unsent[same] = sumOf(this.#unsent[same]!, dated);
      this.#isDue ||= !ONGOING.has(gap.reason) || this.#clock.monotonic() - this.#saidMs >= SAY_MS;
    }
  }

  /** Puts the records of all gaps into their lane, which must not be full. `until`: the time of the first entry behind them, if there is one. */
  report(newest: Newest, until: Time | null): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    this.#isDue = false;
    this.#saidMs = this.#clock.monotonic();
    for (const gap of unsent) this.#report({ ...gap, until }, newest);
  }

  #report(gap: DatedGap, { time, channel }: Newest): void {
    const route = this.#routes.byChannel[this.#routes.gaps ?? channel]!;
    const lane = this.#lanes.laneOf(route);
    fillGapRecord(this.#view, gap, this.#timeOf(gap, time, lane));
    const share = lane.admit(route, this.#view);
    // The store would not take the record.
    if (typeof share === 'string') return;
    const span: Span = { origin: this.#originOf(gap), from: 0, bytes: 0 };
    this.#sent.add(gap);
    share.onSettled(() => this.#sent.delete(gap));
    lane.append(route, this.#view, span);
  }

  /**
   * Just behind the newest entry, as far as the store takes that time; else as early as it may be, or where the next entry is. Never
   * far ahead of what may still come: a store refuses for good what is too far behind the newest entry of its stream.
   */
  #timeOf({ until }: DatedGap, newest: Time, lane: StoreTimes): Time {
    const now = timeOf(this.#clock.now());
    const time = newest[0] === 0 ? (until ?? now) : justAfter(newest);
    const oldest = lane.oldestSeconds();
    if (time[0] < oldest) return [Math.min(oldest + AGE_MARGIN_SECONDS, now[0]), 0];
    return time[0] > lane.latestSeconds() ? (until ?? now) : time;
  }

  /** A record of a gap that is refused leaves no gap. */
  #originOf({ reason }: DatedGap): Origin {
    return { dropped: () => undefined, describe: () => ({ source: `gap record: ${reason}`, file: '', offset: 0 }) };
  }
}

function sumOf(one: DatedGap, other: DatedGap): DatedGap {
  const lines = one.lines === null || other.lines === null ? null : one.lines + other.lines;
  return { ...one, bytes: one.bytes + other.bytes, lines };
}
