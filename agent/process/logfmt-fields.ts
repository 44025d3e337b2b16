import { isUtf8 } from 'node:buffer';
import { isSame } from '../runtime/is-same.ts';

const LF = 10;
const SPACE = 32;
const QUOTE = 34;
const EQUALS = 61;
const BACKSLASH = 92;
const LOWER_U = 117;
const FIRST_BEYOND_ASCII = 128;
/** What the decoder of Go reads as an escape (encoding/json, unquoteBytes), `u` aside. */
const ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/\'bfnrt'));
const HEX: ReadonlySet<number> = new Set(Buffer.from('0123456789abcdefABCDEF'));
const REPLACEMENT = Buffer.from('\ufffd');
/** In place of a place: here the text is no logfmt. */
const FAULT = -1;

/**
 * Finds the values of a few keys in logfmt, in one walk over its bytes, by the rules of github.com/go-logfmt/logfmt (decode.go): of a key that
 * comes again the last value counts, a key without `=` has an empty one, each line is a record of its own, and what comes behind the first
 * fault is not looked at.
 */
export class LogfmtFields {
  readonly #keys: readonly Buffer[];
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;

  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => Buffer.from(key));
    this.#starts = new Int32Array(keys.length);
    this.#ends = new Int32Array(keys.length);
  }

  /** Looks through `bytes[start, end)`. */
  find(bytes: Buffer, start: number, end: number): void {
    this.#starts.fill(-1);
    for (let at = skipSpace(bytes, start, end); at < end; at = skipSpace(bytes, at, end)) {
      const keyEnd = endOfKey(bytes, at, end);
      if (keyEnd === FAULT) return;
      const hasValue = keyEnd < end && bytes[keyEnd] === EQUALS;
      const value = hasValue ? keyEnd + 1 : keyEnd;
      const valueEnd = hasValue ? endOfValue(bytes, value, end) : value;
      if (valueEnd === FAULT) return;
      for (let i = 0; i < this.#keys.length; i += 1) {
        if (!isSame(this.#keys[i]!, bytes, at, keyEnd)) continue;
        this.#starts[i] = value;
        this.#ends[i] = valueEnd;
      }
      at = valueEnd;
    }
  }

  /** Where the value of key `index` begins in the bytes of the last `find`, its quotes included; -1: there is none. */
  start(index: number): number {
    return this.#starts[index]!;
  }

  /** Where it ends. */
  end(index: number): number {
    return this.#ends[index]!;
  }
}

function skipSpace(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! <= SPACE) at += 1;
  return at;
}

function endOfKey(bytes: Buffer, from: number, end: number): number {
  let at = from;
  let isAscii = true;
  for (; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte === EQUALS || byte <= SPACE) break;
    if (byte === QUOTE) return FAULT;
    if (byte >= FIRST_BEYOND_ASCII) isAscii = false;
  }
  return at > from && (isAscii || isText(bytes.subarray(from, at))) ? at : FAULT;
}

/** The decoder takes U+FFFD for a sign of bytes that are no UTF-8. */
function isText(key: Buffer): boolean {
  return isUtf8(key) && !key.includes(REPLACEMENT);
}

function endOfValue(bytes: Buffer, from: number, end: number): number {
  if (from < end && bytes[from] === QUOTE) return endOfQuoted(bytes, from, end);
  let at = from;
  for (; at < end && bytes[at]! > SPACE; at += 1) if (bytes[at] === EQUALS || bytes[at] === QUOTE) return FAULT;
  return at;
}

/** Control characters, which escapes are there for, are a fault only beside an escape. */
function endOfQuoted(bytes: Buffer, from: number, end: number): number {
  let hasEscape = false;
  let hasControl = false;
  for (let at = from + 1; at < end; at += 1) {
    const byte = bytes[at]!;
    if (byte === QUOTE) return hasEscape && hasControl ? FAULT : at + 1;
    if (byte === LF) return FAULT;
    if (byte < SPACE) hasControl = true;
    if (byte !== BACKSLASH) continue;
    const length = escapeLength(bytes, at, end);
    if (length === 0) return FAULT;
    hasEscape = true;
    at += length - 1;
  }
  return FAULT;
}

/** Bytes of the escape at `at`; 0: it is none. */
function escapeLength(bytes: Buffer, at: number, end: number): number {
  if (at + 1 < end && ESCAPES.has(bytes[at + 1]!)) return 2;
  if (at + 6 > end || bytes[at + 1] !== LOWER_U) return 0;
  for (let i = at + 2; i < at + 6; i += 1) if (!HEX.has(bytes[i]!)) return 0;
  return 6;
}
