import type { Entry } from './entry.ts';
import { LineRate } from './line-rate.ts';
import type { Stage } from './stage.ts';

/** For whom a rate is kept. */
export interface LabelLimit {
  /** Slot of the label: each value has a rate of its own, entries without it none. */
  readonly label: number;
  /** Values that are kept; of one that is pushed out nothing is known any more. */
  readonly maxValues: number;
}

export interface LimitParts {
  readonly perSecond: number;
  readonly burst: number;
  readonly countFiltered: () => void;
  /** Places in the memory, for the rate of all entries; or a rate for each value of a label. */
  readonly of: { readonly spent: number; readonly last: number } | LabelLimit;
}

const OF_VALUE = { spent: 0, last: 1 };

/** Leaves out the entries of a channel that are beyond a rate. Time is that of the entries, so that it is the same ones however late they are read. */
export class LimitStage implements Stage {
  readonly #rate: LineRate;
  readonly #parts: LimitParts;
  /** By channel, of each value of the label what its rate has to know, the one that came last at the end. */
  readonly #byValue: Map<string, number[]>[] = [];

  constructor(parts: LimitParts) {
    this.#parts = parts;
    this.#rate = new LineRate(parts.perSecond, parts.burst);
  }

  apply(entry: Entry): boolean {
    const { of, countFiltered } = this.#parts;
    const { seconds, nanos } = entry.view;
    const time = seconds + nanos / 1e9;
    const passes = 'label' in of ? this.#takesOfValue(entry, time, of) : this.#rate.takes(time, entry.memory, of);
    if (!passes) countFiltered();
    return passes;
  }

  #takesOfValue({ view, labels }: Entry, time: number, { label, maxValues }: LabelLimit): boolean {
    const value = labels[label]!;
    if (value === null) return true;
    const kept = (this.#byValue[view.channel] ??= new Map());
    const numbers = kept.get(value) ?? [0, 0];
    kept.delete(value);
    kept.set(value, numbers);
    if (kept.size > maxValues) kept.delete(kept.keys().next().value!);
    return this.#rate.takes(time, numbers, OF_VALUE);
  }
}
