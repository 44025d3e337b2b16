import type { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Window } from './window.ts';

/** So many failures in a row, whatever was sent, are the store's and no longer those of single batches. */
const FAILURES = 3;
/** Answer to an operator's mistake: it is not going to be mended within a second. */
const MISCONFIGURED_RETRY_MS = 15_000;

export type LaneState = 'untried' | 'reachable' | 'unreachable' | 'misconfigured';

/** `failures`: how many in a row. */
type State =
  /** The store answers, as far as is known: requests are made side by side, as the window says, and each batch has a backoff of its own. */
  | { readonly kind: 'closed'; readonly lane: 'untried' | 'reachable'; readonly failures: number }
  /** Nothing works. Nothing is sent before `untilMs`, and then one request. */
  | { readonly kind: 'open'; readonly lane: 'unreachable' | 'misconfigured'; readonly failures: number; readonly untilMs: number }
  /** That one request is under way. */
  | { readonly kind: 'probing'; readonly lane: 'unreachable' | 'misconfigured'; readonly failures: number };

/** What is known of the store as a whole, and with it how many requests may be made at once: one where everything fails. */
export class Circuit {
  readonly #clock: Clock;
  readonly #window: Window;
  readonly #backoff: Backoff;
  #state: State = { kind: 'closed', lane: 'untried', failures: 0 };

  /** `window`: how many requests may be under way while the store answers. */
  constructor(clock: Clock, backoff: Backoff, window: Window) {
    this.#clock = clock;
    this.#backoff = backoff;
    this.#window = window;
  }

  get lane(): LaneState {
    return this.#state.lane;
  }

  /** Before this time of the monotonic clock no request is made. */
  get untilMs(): number {
    return this.#state.kind === 'open' ? this.#state.untilMs : 0;
  }

  /** How many requests may be under way from `untilMs` on. */
  get slots(): number {
    return this.#state.kind === 'closed' ? this.#window.slots : 1;
  }

  /** A request is made. */
  begin(): void {
    const { kind, lane, failures } = this.#state;
    if (kind === 'open') this.#state = { kind: 'probing', lane, failures };
  }

  /** The store has looked at a request, whatever it said of it. */
  answered(): void {
    this.#state = { kind: 'closed', lane: 'reachable', failures: 0 };
  }

  /**
   * A request has failed that may succeed later: that of a batch that had failed so often before; `afterMs` is the patience that the
   * store asks for. Returns how long the batch has to wait.
   */
  failed(batchFailures: number, afterMs: number): number {
    const state = this.#state;
    if (state.kind === 'open') return this.#extend(state, afterMs);
    const failures = state.failures + 1;
    if (state.kind === 'probing' || failures >= FAILURES) return this.#open(failures, afterMs);
    this.#state = { ...state, failures };
    return Math.max(this.#backoff.delayMs(batchFailures), afterMs);
  }

  /** A request from before it opened: it tells nothing new, but for the patience. */
  #extend(state: Extract<State, { kind: 'open' }>, afterMs: number): number {
    const nowMs = this.#clock.monotonic();
    const untilMs = Math.max(state.untilMs, nowMs + afterMs);
    this.#state = { ...state, untilMs };
    return untilMs - nowMs;
  }

  #open(failures: number, afterMs: number): number {
    this.#window.collapse();
    const delayMs = Math.max(this.#backoff.delayMs(failures - 1), afterMs);
    this.#state = { kind: 'open', lane: 'unreachable', failures, untilMs: this.#clock.monotonic() + delayMs };
    return delayMs;
  }

  /** The store refuses this agent; returns how long it is left alone. */
  misconfigured(): number {
    this.#window.collapse();
    this.#state = { kind: 'open', lane: 'misconfigured', failures: 0, untilMs: this.#clock.monotonic() + MISCONFIGURED_RETRY_MS };
    return MISCONFIGURED_RETRY_MS;
  }
}
