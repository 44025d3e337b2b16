import type { RecordView } from '../model/record.ts';

/**
 * The entry at hand on its way through the stages of a source: the view, and what stages have found out and decided besides. One serves
 * all entries of a source; nobody keeps it. Text is made of bytes only for who asks, and once however many ask.
 */
export class Entry {
  /** Stages change metadata, time and text of it; text through `rewrite`. */
  view: RecordView;
  /** Values that were extracted, by the slot of their name; null: none. */
  readonly extracted: (string | null)[] = [];
  /** Values of labels that some stage may change, by the slot of their name; null: the stream goes without. */
  readonly labels: (string | null)[] = [];
  /** What stages keep from one entry of the channel to the next, by slot; 0 where nothing was kept. */
  memory: number[] = [];
  /**
   * The chunk that is being read, an object of its own for each: entries whose view lies in it come in its order, so that it may be searched
   * once for all of them. Null: there is none.
   */
  chunk: Buffer | null = null;
  /** Whose the entry is by the word of a stage; null: by that of the configuration of its output. */
  tenant: string | null = null;
  #text: string | null = null;
  #byteText: string | null = null;

  constructor(view: RecordView) {
    this.view = view;
  }

  /** Takes the next entry. `extracted` and `labels` are those that it begins with. */
  begin(view: RecordView, extracted: readonly (string | null)[], labels: readonly (string | null)[]): void {
    this.view = view;
    for (let slot = 0; slot < extracted.length; slot += 1) this.extracted[slot] = extracted[slot]!;
    for (let slot = 0; slot < labels.length; slot += 1) this.labels[slot] = labels[slot]!;
    this.tenant = null;
    this.#text = null;
    this.#byteText = null;
  }

  /** The line as text; bytes that are no UTF-8 stand as U+FFFD. */
  get text(): string {
    const { buffer, start, end } = this.view;
    return (this.#text ??= buffer.toString('utf8', start, end));
  }

  /** The line with a character a byte, U+0000 to U+00FF: what patterns are matched with. */
  get byteText(): string {
    const { buffer, start, end } = this.view;
    return (this.#byteText ??= buffer.toString('latin1', start, end));
  }

  /** Says what stands in place of the line: `bytes`, which hold until the stage is called again. */
  rewrite(bytes: Buffer): void {
    this.view.buffer = bytes;
    this.view.start = 0;
    this.view.end = bytes.length;
    this.#text = null;
    this.#byteText = null;
  }

  /** Adds structured metadata to what the entry has. */
  addMetadata(name: string, value: string): void {
    const { metadata } = this.view;
    this.view.metadata = metadata === null ? [[name, value]] : [...metadata, [name, value]];
  }
}
