/** Nothing follows: the line is the last of its record, or all of it. */
export const WHOLE = 0;
/** The line is none of the record before it. */
export const APART = -1;

/**
 * Says which lines of a channel are one record. A record's state is a positive number that holds all that a rule has to know of the lines
 * so far; the rule itself keeps nothing, so that one serves all sources. Lines are `bytes[start, end)`, without their LF.
 */
export interface RecordRule {
  /** The state of a record that the line begins, or WHOLE. It is also asked for what goes on behind a record that has become too long. */
  begin(bytes: Buffer, start: number, end: number): number;
  /** The state of a record that was in `state`, with the line that is its next; or WHOLE, or APART. */
  goOn(state: number, bytes: Buffer, start: number, end: number): number;
}

/** How the lines of a source are joined. */
export interface Multiline {
  /** Tells it from any that joins otherwise. */
  readonly key: string;
  readonly rule: RecordRule;
  /** Seconds of log time, and of silence, after which no line joins the one before. */
  readonly maxWaitSeconds: number;
  readonly maxLines: number;
}

/** By channel; null: lines are entries of their own. */
export type ChannelMultiline = readonly [Multiline | null, Multiline | null];

export const UNJOINED: ChannelMultiline = [null, null];
