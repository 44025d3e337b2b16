import type { Route } from '../deliver/output.ts';
import type { LineValues } from '../model/attribution.ts';
import { RecordView } from '../model/record.ts';
import { Entry } from '../process/entry.ts';
import type { Memory } from '../process/memory.ts';
import type { Stage } from '../process/stage.ts';
import type { Processing } from './processing.ts';

/** What the entries of one channel of a source begin with, and where they go. */
export interface ChannelProcessing<R extends Route> {
  /** By the slots of the stages. */
  readonly extracted: readonly (string | null)[];
  readonly labels: readonly (string | null)[];
  readonly routeOf: (entry: Entry) => R;
}

interface EntryProcessingParts<R extends Route> {
  readonly stages: Stage;
  readonly channels: readonly ChannelProcessing<R>[];
  readonly memory: Memory;
  readonly lineValues: () => LineValues;
}

/** The stages of a source, and the routes of what they let pass. */
export class EntryProcessing<R extends Route> implements Processing<R> {
  readonly needles: readonly Buffer[] | null;
  readonly #parts: EntryProcessingParts<R>;
  readonly #entry = new Entry(new RecordView());

  constructor(parts: EntryProcessingParts<R>) {
    this.#parts = parts;
    // Where stages set labels, an entry that they leave alone has a route of its own.
    const setsLabels = parts.channels.some(({ labels }) => labels.length > 0);
    this.needles = setsLabels ? null : (parts.stages.needles ?? null);
  }

  get lineValues(): LineValues {
    return this.#parts.lineValues();
  }

  get memory(): Memory {
    return this.#parts.memory;
  }

  reads(chunk: Buffer): void {
    this.#entry.chunk = chunk;
  }

  apply(view: RecordView): R | null {
    const { stages, channels, memory } = this.#parts;
    const { extracted, labels, routeOf } = channels[view.channel]!;
    const entry = this.#entry;
    entry.begin(view, extracted, labels);
    entry.memory = memory.begin(view.channel);
    return stages.apply(entry) ? routeOf(entry) : null;
  }
}
