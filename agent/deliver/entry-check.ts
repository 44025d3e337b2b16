import { type RecordView, STDERR, STDOUT } from '../model/record.ts';
import type { DropReason } from '../model/verdict.ts';
import type { ChannelBounds, LineBounds } from '../runtime/line-table.ts';

/** What a store takes of an entry; 0 switches a limit off. */
export interface EntryLimits {
  /** How far behind the store's time an entry may be, and how far ahead of it. */
  readonly maxAgeSeconds: number;
  readonly maxFutureSeconds: number;
  /** How much later than now an entry from the future may become acceptable: it is waited for, and given up beyond that. */
  readonly clockHoldSeconds: number;
  readonly maxLineBytes: number;
}

/** What passes must still be young enough when it arrives: it may wait for its batch, and the store's time is known to a second. */
const AGE_MARGIN_SECONDS = 5;
/** Of a time only the seconds are compared. */
const FUTURE_MARGIN_SECONDS = 1;

/** What an entry is refused for before it costs a push. */
export type Unsendable = Extract<DropReason, 'too_old' | 'too_far_in_future' | 'line_too_long' | 'bad_labels' | 'bad_metadata'>;

export const UNSENDABLE_DETAILS: Readonly<Record<Unsendable, string>> = {
  too_old: 'not sent: older than the store takes',
  too_far_in_future: 'not sent: further in the future than the store takes',
  line_too_long: 'not sent: the line is longer than the store takes',
  bad_labels: 'not sent: more or longer labels than the store takes',
  bad_metadata: 'not sent: a name of the metadata is one that the store cannot keep, or there is too much of it',
};

/** Finds the entries that a store is going to refuse. Times are compared by the store's clock, `now`, in ms since 1970. */
export class EntryCheck {
  readonly #limits: EntryLimits;
  readonly #now: () => number;
  readonly #maxLineBytes: number;
  /** Bounds of an entry's seconds as of the last look at the clock. */
  #oldest = Number.NEGATIVE_INFINITY;
  #newest = Number.POSITIVE_INFINITY;

  constructor(limits: EntryLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#maxLineBytes = limits.maxLineBytes === 0 ? Number.POSITIVE_INFINITY : limits.maxLineBytes;
    this.refresh();
  }

  /** Looks at the clock; once a batch is enough, since what seems refused is looked at again. */
  refresh(): void {
    this.#oldest = this.oldestSeconds();
    this.#newest = this.latestSeconds() + this.#limits.clockHoldSeconds;
  }

  /** Lets those lines into a table of which `refusal` would say null without a look at the clock. */
  bound(bounds: LineBounds): void {
    bounds.maxLineBytes = this.#maxLineBytes;
    this.#boundChannel(bounds.channels[STDOUT]);
    this.#boundChannel(bounds.channels[STDERR]);
  }

  #boundChannel(bounds: ChannelBounds): void {
    bounds.oldest = this.#oldest;
    bounds.newest = this.#newest;
  }

  /** Seconds since 1970 of the oldest entry that the store takes now; infinitely early without a limit. */
  oldestSeconds(): number {
    const { maxAgeSeconds } = this.#limits;
    return maxAgeSeconds === 0 ? Number.NEGATIVE_INFINITY : Math.ceil(this.#now() / 1000) - maxAgeSeconds + AGE_MARGIN_SECONDS;
  }

  /** Seconds since 1970 of the newest entry that the store takes now; infinite without a limit. */
  latestSeconds(): number {
    const { maxFutureSeconds } = this.#limits;
    if (maxFutureSeconds === 0) return Number.POSITIVE_INFINITY;
    return Math.floor(this.#now() / 1000) + maxFutureSeconds - FUTURE_MARGIN_SECONDS;
  }

  /** Why the store would not take an entry; null when it would, now or after a wait of no more than `clockHoldSeconds`. */
  refusal({ start, end, seconds }: RecordView): Unsendable | null {
    if (end - start > this.#maxLineBytes) return 'line_too_long';
    if (seconds >= this.#oldest && seconds <= this.#newest) return null;
    this.refresh();
    if (seconds < this.#oldest) return 'too_old';
    return seconds > this.#newest ? 'too_far_in_future' : null;
  }

  /** In how many ms the store will take an entry that it found too far in the future; null when that is not waited for. */
  holdMs(seconds: number): number | null {
    const early = seconds - this.latestSeconds();
    const { maxFutureSeconds, clockHoldSeconds } = this.#limits;
    return maxFutureSeconds === 0 || clockHoldSeconds === 0 || early > clockHoldSeconds ? null : Math.max(early, 0) * 1000;
  }
}
