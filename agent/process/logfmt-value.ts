const QUOTE = 34;
const BACKSLASH = 92;

/** What a value of logfmt at `bytes[start, end)` says. Bytes that are no UTF-8 stand as U+FFFD, and so does half a surrogate pair. */
export function logfmtValue(bytes: Buffer, start: number, end: number): string {
  if (start === end || bytes[start] !== QUOTE) return bytes.toString('utf8', start, end);
  if (!bytes.subarray(start, end).includes(BACKSLASH)) return bytes.toString('utf8', start + 1, end - 1);
  // The one escape that Go reads and JSON does not have.
  const quoted = bytes.toString('utf8', start, end).replaceAll(/\\([^])/g, (escape, letter) => (letter === "'" ? "'" : escape));
  return (JSON.parse(quoted) as string).toWellFormed();
}
