const QUOTE = 34;
const BACKSLASH = 92;

/** The place of the quote that ends a quoted text that begins at `from`; `end` when it does not end. What a backslash stands before does not count. */
export function endOfQuoted(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, end);
}
