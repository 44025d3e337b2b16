/** Where something was found: `line[start, end)`. */
export interface Match {
  start: number;
  end: number;
}

/**
 * Finds the first text of a shape at or behind `from`, which is 0 or where the match before it ends, and puts its place into `match`;
 * false when there is none. What stands before `from` is looked at only to tell whether a word begins there. All matches of a line
 * together are found by looking at each of its bytes a bounded number of times, whatever stands in it.
 */
export type FindShape = (line: Buffer, from: number, match: Match) => boolean;
