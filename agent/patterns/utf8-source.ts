import { type CodePoints, FIRST_BEYOND_ASCII, hasCodePoint, LAST_CODE_POINT, within } from './code-points.ts';

/** What Go takes a byte for that is no part of a character (unicode/utf8, RuneError). */
const REPLACEMENT = 0xfffd;
/** Bytes that no UTF-8 has (RFC 3629, 1). */
const NEVER_IN_UTF8 = '\\xc0\\xc1\\xf5-\\xff';
const BITS_OF_CONTINUATION = 6;
const CONTINUATION = 0x80;

/** By their number of bytes, the code points that UTF-8 writes so, and what their first byte begins with. Surrogates are none. */
const LENGTHS = [
  { least: 0x80, most: 0x7ff, lead: 0xc0, continuations: 1 },
  { least: 0x800, most: 0xd7ff, lead: 0xe0, continuations: 2 },
  { least: 0xe000, most: 0xffff, lead: 0xe0, continuations: 2 },
  { least: 0x10000, most: LAST_CODE_POINT, lead: 0xf0, continuations: 3 },
] as const;

/** A piece of a JavaScript expression over byte text. */
export interface ByteSource {
  readonly source: string;
  /** How many ways the linear engine tries at most at one byte of a text. */
  readonly steps: number;
  /** Whether it is one class of bytes, and so may be repeated without parentheses. */
  readonly isClass: boolean;
}

/**
 * Any character beyond ASCII, however many bytes it has: as few steps as may be, since this is what `.` is. It could end within a character,
 * but there nothing goes on, except `\B`.
 */
const BEYOND_ASCII = '[\\xc2-\\xf4][\\x80-\\xbf]+';

/** One character of the set, in UTF-8; of a set with U+FFFD also a byte that UTF-8 never has. Strict: never a part of one. */
export function utf8Source(set: CodePoints, isStrict: boolean): ByteSource {
  const single = byteRanges(within(set, 0, FIRST_BEYOND_ASCII - 1)) + (hasCodePoint(set, REPLACEMENT) ? NEVER_IN_UTF8 : '');
  const branches = hasAllBeyondAscii(set) && !isStrict ? [BEYOND_ASCII] : multiByteBranches(set);
  if (single !== '') branches.unshift(bytesSource(single));
  const isClass = branches.length === 0 || (branches.length === 1 && single !== '');
  const source = branches.length > 1 ? `(?:${branches.join('|')})` : (branches[0] ?? '[]');
  return { source, steps: branches.length + (isClass ? 0 : 1), isClass };
}

/** Any number of characters of a set that has all beyond ASCII: bytes, so that those that are no UTF-8 do not end it. Null for other sets. */
export function anyBytesSource(set: CodePoints): string | null {
  if (!hasAllBeyondAscii(set)) return null;
  return `[${byteRanges(within(set, 0, FIRST_BEYOND_ASCII - 1))}\\x80-\\xff]`;
}

function hasAllBeyondAscii(set: CodePoints): boolean {
  const [from, to] = set.at(-1) ?? [0, 0];
  return from <= FIRST_BEYOND_ASCII && to === LAST_CODE_POINT;
}

/** By what follows them, the first bytes of sequences. */
type Branches = Map<string, [number, number][]>;

function multiByteBranches(set: CodePoints): string[] {
  const branches: Branches = new Map();
  for (const { least, most, lead, continuations } of LENGTHS) {
    collect(within(set, least, most), { lead, continuations }, branches);
  }
  return sourcesOf(branches);
}

/** Adds the sequences of bytes of the set, those with the same continuation as one. */
function collect(
  set: CodePoints,
  { lead, continuations }: { readonly lead: number; readonly continuations: number },
  into: Branches,
): void {
  const span = 2 ** (BITS_OF_CONTINUATION * continuations);
  for (const [first, last] of blocksOf(set, span)) {
    const block = within(set, first * span, last * span + span - 1).map(([from, to]) => [from - first * span, to - first * span] as const);
    const rest = first === last ? continuationSource(block, continuations) : wholeContinuation(continuations);
    const leads = into.get(rest) ?? [];
    leads.push([lead + first, lead + last]);
    into.set(rest, leads);
  }
}

/** Ranges of blocks of `span` that the set has members in: each alone, or as many in a row as it has whole. */
function blocksOf(set: CodePoints, span: number): [number, number][] {
  const blocks: [number, number][] = [];
  for (const [from, to] of set) {
    let at = from;
    while (at <= to) {
      const block = Math.floor(at / span);
      const wholes = at === block * span ? Math.floor((to + 1) / span) - block : 0;
      const last = wholes > 0 ? block + wholes - 1 : block;
      if (blocks.at(-1)?.[1] !== last) blocks.push([block, last]);
      at = (last + 1) * span;
    }
  }
  return blocks;
}

function continuationSource(set: CodePoints, continuations: number): string {
  if (continuations === 1) return bytesSource(byteRanges(set.map(([from, to]) => [from + CONTINUATION, to + CONTINUATION])));
  const branches: Branches = new Map();
  collect(set, { lead: CONTINUATION, continuations: continuations - 1 }, branches);
  const sources = sourcesOf(branches);
  return sources.length === 1 ? sources[0]! : `(?:${sources.join('|')})`;
}

function wholeContinuation(continuations: number): string {
  return '[\\x80-\\xbf]'.repeat(continuations);
}

function sourcesOf(branches: Branches): string[] {
  return [...branches].map(([rest, leads]) => bytesSource(byteRanges(leads)) + rest);
}

/** One byte stands for itself, so that V8 sees texts as such. */
function bytesSource(ranges: string): string {
  return ranges.length === 1 || (ranges.length === 4 && ranges.startsWith('\\x')) ? ranges : `[${ranges}]`;
}

function byteRanges(ranges: CodePoints): string {
  return ranges.map(([from, to]) => (from === to ? byteName(from) : `${byteName(from)}-${byteName(to)}`)).join('');
}

/** Letters and digits as they are, so that what comes out can be read. */
function byteName(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[0-9A-Za-z]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
