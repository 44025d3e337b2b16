/** A line as filters look at it. */
export interface FilteredLine {
  readonly view: { readonly buffer: Buffer; readonly start: number; readonly end: number };
  /** The same with a character a byte; made when it is asked for. */
  readonly byteText: string;
}

/** Whether a line is one that a filter lets pass. */
export type LineTest = (line: FilteredLine) => boolean;
