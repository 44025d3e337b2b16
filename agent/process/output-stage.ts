import type { Entry } from './entry.ts';
import { rewriteText } from './rewrite-text.ts';
import type { Scratch } from './scratch.ts';
import type { Stage } from './stage.ts';

export interface OutputStageParts {
  /** Slot of the extracted value that becomes the line. */
  readonly source: number;
  readonly scratch: Scratch;
  /** A longer text is cut: a store would refuse it. */
  readonly maxLineBytes: number;
}

/** Puts what was extracted in place of the line, if there is such a value. */
export class OutputStage implements Stage {
  readonly #parts: OutputStageParts;

  constructor(parts: OutputStageParts) {
    this.#parts = parts;
  }

  apply(entry: Entry): true {
    const { source, scratch, maxLineBytes } = this.#parts;
    const text = entry.extracted[source]!;
    if (text !== null) rewriteText(entry, text, scratch.next(), maxLineBytes);
    return true;
  }
}
