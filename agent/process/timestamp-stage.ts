import type { Layout } from '../layouts/compile-layout.ts';
import type { LayoutTime } from '../layouts/layout-time.ts';
import type { RecordView } from '../model/record.ts';
import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

export interface TimestampParts {
  /** Slot of the extracted value. */
  readonly source: number;
  /** The first that fits is taken. */
  readonly layouts: readonly Layout[];
  /** Whether an entry that says no time follows the last one that does. */
  readonly follows: boolean;
  /** How far from the runtime's time that of an entry may be. */
  readonly maxBehindSeconds: number;
  readonly maxAheadSeconds: number;
  /** Places in the memory for the seconds and the nanoseconds that were said last. */
  readonly lastSeconds: number;
  readonly lastNanos: number;
  readonly countFault: (fault: 'time_unread' | 'time_far') => void;
}

/**
 * Gives an entry the time that it says. What its form leaves open, such as milliseconds, is taken from the runtime's time, and where that would
 * turn the order of entries around they follow each other by a nanosecond: of two entries with equal time and text the store keeps one.
 */
export class TimestampStage implements Stage {
  readonly #parts: TimestampParts;
  readonly #time: LayoutTime = { seconds: 0, nanos: 0, stepNanos: 1 };

  constructor(parts: TimestampParts) {
    this.#parts = parts;
  }

  apply(entry: Entry): true {
    const text = entry.extracted[this.#parts.source]!;
    if (text !== null && this.#read(text, entry.view)) {
      this.#refine(entry);
      if (!this.#set(entry)) this.#parts.countFault('time_far');
      return true;
    }
    if (text !== null) this.#parts.countFault('time_unread');
    if (this.#parts.follows) this.#follow(entry);
    return true;
  }

  #read(text: string, { seconds }: RecordView): boolean {
    for (const layout of this.#parts.layouts) if (layout(text, seconds, this.#time)) return true;
    return false;
  }

  /** Fills in what the form leaves open. */
  #refine({ view, memory }: Entry): void {
    const time = this.#time;
    const { lastSeconds, lastNanos } = this.#parts;
    const open = openNanos(view, time.stepNanos);
    const last = (memory[lastSeconds]! - time.seconds) * 1e9 + memory[lastNanos]! - time.nanos;
    move(time, last >= open && last < time.stepNanos ? last + 1 : open);
  }

  #follow(entry: Entry): void {
    const { lastSeconds, lastNanos } = this.#parts;
    const time = this.#time;
    time.seconds = entry.memory[lastSeconds]!;
    time.nanos = entry.memory[lastNanos]!;
    move(time, 1);
    this.#set(entry);
  }

  /** Sets the time, and returns whether: not where it is so far from the runtime's that it can't be right, or the store would refuse it. */
  #set({ view, memory }: Entry): boolean {
    const { seconds, nanos } = this.#time;
    const { maxBehindSeconds, maxAheadSeconds, lastSeconds, lastNanos } = this.#parts;
    if (seconds < view.seconds - maxBehindSeconds || seconds > view.seconds + maxAheadSeconds) return false;
    view.seconds = seconds;
    view.nanos = nanos;
    memory[lastSeconds] = seconds;
    memory[lastNanos] = nanos;
    return true;
  }
}

/** The digits of a time below a step: they tell apart what the runtime wrote at different times. */
function openNanos({ seconds, nanos }: RecordView, stepNanos: number): number {
  return stepNanos > 1e9 ? (seconds % (stepNanos / 1e9)) * 1e9 + nanos : nanos % stepNanos;
}

function move(time: LayoutTime, nanos: number): void {
  const sum = time.nanos + nanos;
  const seconds = Math.floor(sum / 1e9);
  time.seconds += seconds;
  time.nanos = sum - seconds * 1e9;
}
