import { FAILED, type Outcome } from './value.ts';

// What Go's package strings does, where JavaScript's own does something else.

const ASCII = /^[\0-\x7f]*$/;
/** unicode.IsSpace. */
const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

export function toUpper(text: string): string {
  return ASCII.test(text) ? text.toUpperCase() : eachRune(text, (rune) => rune.toUpperCase());
}

export function toLower(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : eachRune(text, (rune) => rune.toLowerCase());
}

/** A rune stays one, and its neighbours do not count: the `ß` stays as it is. */
function eachRune(text: string, change: (rune: string) => string): string {
  return Array.from(text, (rune) => {
    const changed = change(rune);
    return changed.length === rune.length ? changed : rune;
  }).join('');
}

export function trimSpace(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.test(text[from]!)) from += 1;
  while (to > from && SPACE.test(text[to - 1]!)) to -= 1;
  return text.slice(from, to);
}

/** Without the runes at the left that `cutset` has. */
export function trimLeft(text: string, cutset: string): string {
  const cut = new Set(cutset);
  let from = 0;
  while (from < text.length) {
    const rune = String.fromCodePoint(text.codePointAt(from)!);
    if (!cut.has(rune)) break;
    from += rune.length;
  }
  return text.slice(from);
}

export function trimRight(text: string, cutset: string): string {
  const cut = new Set(cutset);
  let to = text.length;
  while (to > 0) {
    const rune = lastRune(text, to);
    if (!cut.has(rune)) break;
    to -= rune.length;
  }
  return text.slice(0, to);
}

function lastRune(text: string, to: number): string {
  const pair = text.slice(Math.max(to - 2, 0), to);
  return pair.length === 2 && pair.codePointAt(0)! > 0xff_ff ? pair : text[to - 1]!;
}

/** With the first `most` texts `from` replaced by `to`, all when that is negative. An empty one stands before each rune and at the end. */
export function replace(text: string, { from, to, most }: { from: string; to: string; most: bigint }, maxLength: number): Outcome {
  const pieces = from === '' ? ['', ...Array.from(text)] : text.split(from);
  const replaced = most < 0n ? pieces.length - 1 : Math.min(pieces.length - 1, Number(most));
  const count = from === '' && (most < 0n || most > BigInt(pieces.length - 1)) ? pieces.length : replaced;
  if (text.length + count * (to.length - from.length) > maxLength) return FAILED;
  if (from === '') return insertBetween(pieces.slice(1), to, count);
  return (
    pieces.slice(0, count + 1).join(to) +
    pieces
      .slice(count + 1)
      .map((piece) => from + piece)
      .join('')
  );
}

function insertBetween(runes: readonly string[], to: string, count: number): string {
  return runes.map((rune, index) => (index < count ? to : '') + rune).join('') + (count > runes.length ? to : '');
}

/** Bytes of the text in UTF-8 from one place to another; a rune that a place is inside of is left out. */
export function sliceBytes(text: string, from: number, to: number): string {
  if (ASCII.test(text)) return text.slice(from, to);
  const bytes = Buffer.from(text);
  let start = from;
  let end = Math.min(to, bytes.length);
  while (start < bytes.length && isInside(bytes[start]!)) start += 1;
  while (end < bytes.length && end > start && isInside(bytes[end]!)) end -= 1;
  return bytes.toString('utf8', start, Math.max(start, end));
}

/** Whether a byte of UTF-8 goes on with a rune. */
function isInside(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** strings.Title: the first letter of each word in upper case. */
export function title(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}_])\p{L}/gu, toUpper);
}
