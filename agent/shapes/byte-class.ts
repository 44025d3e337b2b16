/** A set of bytes: 1 at the index of every byte that belongs to it. */
export type ByteClass = Uint8Array;

/** The bytes that `pattern` matches when each is taken for a Latin-1 character. */
export function byteClass(pattern: RegExp): ByteClass {
  return Uint8Array.from({ length: 256 }, (_, byte) => (pattern.test(String.fromCharCode(byte)) ? 1 : 0));
}

/** What a regular expression calls \w. */
export const WORD: ByteClass = byteClass(/\w/);

/** Whether `line[at]` is of the class; false outside of the line. */
export function isAt(line: Uint8Array, at: number, bytes: ByteClass): boolean {
  return at >= 0 && at < line.length && bytes[line[at]!] === 1;
}

/** Where the bytes of the class end that stand at `from` and behind it; `from` itself where there are none. */
export function skip(line: Uint8Array, from: number, bytes: ByteClass): number {
  let at = from;
  while (isAt(line, at, bytes)) at += 1;
  return at;
}
