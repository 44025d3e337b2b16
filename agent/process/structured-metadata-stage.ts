import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';
import { type ValueOrLabel, valueOrLabel } from './value-or-label.ts';

export interface MetadataSource extends ValueOrLabel {
  /** In the metadata. */
  readonly name: string;
}

/**
 * Says as metadata what was extracted, or what a label says, which the entry then goes without, as Promtail does
 * (clients/pkg/logentry/stages/structuredmetadata.go). An empty text says nothing.
 */
export class StructuredMetadataStage implements Stage {
  readonly #sources: readonly MetadataSource[];

  constructor(sources: readonly MetadataSource[]) {
    this.#sources = sources;
  }

  apply(entry: Entry): true {
    for (const source of this.#sources) {
      const value = valueOrLabel(entry, source);
      if (value !== null && value !== '') entry.addMetadata(source.name, value);
      if (source.label !== null) entry.labels[source.label] = null;
    }
    return true;
  }
}
