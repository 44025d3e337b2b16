import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';
import { type ValueOrLabel, valueOrLabel } from './value-or-label.ts';

/** Of names and values. Loki refuses an entry with more than twice as much (its default max_structured_metadata_size); others say something too. */
const MOST_BYTES = 32_768;

export interface MetadataSource extends ValueOrLabel {
  /** In the metadata. */
  readonly name: string;
}

/**
 * Says as metadata what was extracted, or what a label says, which the entry then goes without, as Promtail does
 * (clients/pkg/logentry/stages/structuredmetadata.go). An empty text says nothing, and what would be too much for the store is not said.
 */
export class StructuredMetadataStage implements Stage {
  readonly #sources: readonly MetadataSource[];

  constructor(sources: readonly MetadataSource[]) {
    this.#sources = sources;
  }

  apply(entry: Entry): true {
    let room = MOST_BYTES;
    for (const source of this.#sources) {
      const value = valueOrLabel(entry, source);
      const bytes = value === null ? 0 : source.name.length + Buffer.byteLength(value);
      if (value !== null && value !== '' && bytes <= room) {
        entry.addMetadata(source.name, value);
        room -= bytes;
      }
      if (source.label !== null) entry.labels[source.label] = null;
    }
    return true;
  }
}
