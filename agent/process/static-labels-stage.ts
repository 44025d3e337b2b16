import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** Sets labels, by slot, to values of their own. */
export class StaticLabelsStage implements Stage {
  readonly #values: readonly (readonly [label: number, value: string])[];

  constructor(values: readonly (readonly [label: number, value: string])[]) {
    this.#values = values;
  }

  apply({ labels }: Entry): true {
    for (const [label, value] of this.#values) labels[label] = value;
    return true;
  }
}
