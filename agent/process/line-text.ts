import type { Entry } from './entry.ts';

/** The byte text of the line at hand, made once however many ask, as long as it is not rewritten. */
export class LineText {
  #line: Buffer | null = null;
  #text: string | null = null;
  #entry: Entry | null = null;

  /** Takes the next line; `entry` has it too. */
  begin(line: Buffer, entry: Entry): void {
    this.#line = line;
    this.#text = null;
    this.#entry = entry;
  }

  of(line: Buffer): string {
    if (line === this.#line) return (this.#text ??= this.#entry!.byteText);
    this.#line = line;
    this.#entry = null;
    return (this.#text = line.toString('latin1'));
  }
}
