/** A line as filters look at it. */
export interface FilteredLine {
  readonly view: { readonly buffer: Buffer; readonly start: number; readonly end: number };
  /** The same with a character a byte; made when it is asked for. */
  readonly byteText: string;
}

/** Whether a line is one that a filter lets pass. */
export interface LineTest {
  (line: FilteredLine): boolean;
  /** Every line that passes holds it; absent: there is nothing like that. */
  readonly needle?: Buffer;
}
