import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** Takes labels away, by slot. */
export class DropLabelsStage implements Stage {
  readonly #labels: readonly number[];

  constructor(labels: readonly number[]) {
    this.#labels = labels;
  }

  apply({ labels }: Entry): true {
    for (const label of this.#labels) labels[label] = null;
    return true;
  }
}
