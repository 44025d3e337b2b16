/** A line names an exception, as what comes before a trace: `IOException: no such file`, `Error` at its end, `TypeError [ERR_X]: ...`. */
export const EXCEPTION = 1;
/** `panic: ...`, and what net/http says: `http: panic serving ...`. */
export const PANIC = 2;

interface Word {
  readonly text: Buffer;
  readonly mention: number;
}

/** By their last bytes, which differ. */
const WORDS: readonly (Word | undefined)[] = byEnd({
  Exception: EXCEPTION,
  Error: EXCEPTION,
  Throwable: EXCEPTION,
  panic: PANIC,
  http: PANIC,
});
const [COLON, SPACE, BRACKET, LOWER_P] = [58, 32, 91, 112];
const SERVING = Buffer.from(': panic serving ');

function byEnd(mentions: Readonly<Record<string, number>>): (Word | undefined)[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const text = Object.keys(mentions).find((word) => word.charCodeAt(word.length - 1) === byte);
    return text === undefined ? undefined : { text: Buffer.from(text), mention: mentions[text]! };
  });
}

/**
 * What the line `bytes[start, end)` mentions; 0: nothing of that. Only what ends a name is looked for, so that a byte costs two comparisons.
 */
export function mentionIn(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte !== COLON && byte !== BRACKET) continue;
    const isBehindSpace = byte === BRACKET && at > start && bytes[at - 1] === SPACE;
    if (byte === BRACKET && !isBehindSpace) continue;
    const mention = wordBefore(bytes, start, isBehindSpace ? at - 1 : at);
    if (mention === EXCEPTION) return EXCEPTION;
    if (mention === PANIC && byte === COLON && isPanic(bytes, at, end)) return PANIC;
  }
  return wordBefore(bytes, start, end) === EXCEPTION ? EXCEPTION : 0;
}

/** Which of the words ends at a place. */
function wordBefore(bytes: Buffer, start: number, end: number): number {
  const word = end > start ? WORDS[bytes[end - 1]!] : undefined;
  if (word === undefined) return 0;
  const at = end - word.text.length;
  return at >= start && stands(word.text, bytes, at) ? word.mention : 0;
}

/** Behind `panic` or `http`. */
function isPanic(bytes: Buffer, colon: number, end: number): boolean {
  if (bytes[colon - 1] === LOWER_P) return colon + SERVING.length <= end && stands(SERVING, bytes, colon);
  return colon + 1 < end && bytes[colon + 1] === SPACE;
}

function stands(word: Buffer, bytes: Buffer, at: number): boolean {
  for (let i = 0; i < word.length; i += 1) if (bytes[at + i] !== word[i]) return false;
  return true;
}
