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

/** A piece of a JavaScript expression over byte text, and how many bytes it names. */
export interface ByteSource {
  readonly source: string;
  readonly size: number;
  /** Whether it is one class of bytes, and so may be repeated without parentheses. */
  readonly isClass: boolean;
}

/** One character of the set, in UTF-8; of a set with U+FFFD also a byte that UTF-8 never has. */
export function utf8Source(set: CodePoints): ByteSource {
  const single = byteRanges(within(set, 0, FIRST_BEYOND_ASCII - 1)) + (hasCodePoint(set, REPLACEMENT) ? NEVER_IN_UTF8 : '');
  const branches = single === '' ? [] : [bytesSource(single)];
  let size = branches.length;
  for (const { source, bytes } of multiByteBranches(set)) {
    branches.push(source);
    size += bytes;
  }
  if (branches.length === 0) return { source: '[]', size: 1, isClass: true };
  if (branches.length > 1) return { source: `(?:${branches.join('|')})`, size, isClass: false };
  return { source: branches[0]!, size, isClass: size === 1 };
}

/** Any number of characters of a set that has all beyond ASCII: bytes, so that those that are no UTF-8 do not end it. Null for other sets. */
export function anyBytesSource(set: CodePoints): string | null {
  const [from, to] = set.at(-1) ?? [0, 0];
  if (from > FIRST_BEYOND_ASCII || to !== LAST_CODE_POINT) return null;
  return `[${byteRanges(within(set, 0, FIRST_BEYOND_ASCII - 1))}\\x80-\\xff]`;
}

interface Branch {
  readonly source: string;
  readonly bytes: number;
}

function multiByteBranches(set: CodePoints): Branch[] {
  const branches = new Map<string, { readonly leads: [number, number][]; readonly bytes: number }>();
  for (const { least, most, lead, continuations } of LENGTHS) {
    collect(within(set, least, most), { lead, continuations }, branches);
  }
  return sourcesOf(branches);
}

type Branches = Map<string, { readonly leads: [number, number][]; readonly bytes: number }>;

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
    const branch = into.get(rest.source) ?? { leads: [], bytes: rest.bytes + 1 };
    branch.leads.push([lead + first, lead + last]);
    into.set(rest.source, branch);
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

function continuationSource(set: CodePoints, continuations: number): Branch {
  if (continuations === 1)
    return { source: bytesSource(byteRanges(set.map(([from, to]) => [from + CONTINUATION, to + CONTINUATION]))), bytes: 1 };
  const branches: Branches = new Map();
  collect(set, { lead: CONTINUATION, continuations: continuations - 1 }, branches);
  const sources = sourcesOf(branches);
  const bytes = sources.reduce((sum, branch) => sum + branch.bytes, 0);
  return sources.length === 1 ? sources[0]! : { source: `(?:${sources.map(({ source }) => source).join('|')})`, bytes };
}

function wholeContinuation(continuations: number): Branch {
  return { source: '[\\x80-\\xbf]'.repeat(continuations), bytes: continuations };
}

function sourcesOf(branches: Branches): Branch[] {
  return [...branches].map(([rest, { leads, bytes }]) => ({ source: `${bytesSource(byteRanges(leads))}${rest}`, bytes }));
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
