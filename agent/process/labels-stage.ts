import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** The slot of a label, and that of the extracted value that it is set to. */
export interface LabelSource {
  readonly label: number;
  readonly source: number;
}

/** Sets labels to what was extracted, as Promtail does (clients/pkg/logentry/stages/labels.go). Where there is no value, the label stays. */
export class LabelsStage implements Stage {
  readonly #sources: readonly LabelSource[];

  constructor(sources: readonly LabelSource[]) {
    this.#sources = sources;
  }

  apply({ labels, extracted }: Entry): true {
    for (const { label, source } of this.#sources) labels[label] = extracted[source] ?? labels[label]!;
    return true;
  }
}
