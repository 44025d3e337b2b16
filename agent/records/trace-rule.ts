import type { TraceLine } from './trace-line.ts';

/** What becomes of a trace with a line that is none of it. */
export const NO_STATE = -1;
/** The line ends the trace, or begins none. */
export const NO_MORE = 0;

/** Knows the traces of one language: states are 1 to 15. */
export interface TraceRule {
  /** The state of a trace that the line begins; a line amid one does too, since a trace that is too long is divided. */
  begin(line: TraceLine): number;
  /** The state of a trace with its next line. */
  goOn(state: number, line: TraceLine): number;
}
