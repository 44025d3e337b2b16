import type { Entry } from './entry.ts';

/** The bytes that a stage looks into: those of the line, or of a value that was extracted. */
export class SourceBytes {
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  readonly #slot: number | null;

  /** `slot`: of the value; null: the line. */
  constructor(slot: number | null) {
    this.#slot = slot;
  }

  /** Those of an entry, which hold until the next call; false: there are none. */
  find({ view, extracted }: Entry): boolean {
    const text = this.#slot === null ? null : extracted[this.#slot]!;
    if (this.#slot !== null && text === null) return false;
    this.buffer = text === null ? view.buffer : Buffer.from(text);
    this.start = text === null ? view.start : 0;
    this.end = text === null ? view.end : this.buffer.length;
    return true;
  }
}
