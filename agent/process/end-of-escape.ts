import { byteClass, isAt, skip } from '../shapes/byte-class.ts';

const BEL = 7;
const ESC = 27;
const OPENING_BRACKET = 91;
const BACKSLASH = 92;
/** `[` begins a control sequence: parameters and a final byte. */
const PARAMETERS = byteClass(/[0-?]/);
const FINAL = byteClass(/[@-~]/);
/** `P`, `X`, `]`, `^` and `_` begin a string, like the title of a window or the address of a link, up to BEL or `ESC \`. */
const STRING_START = byteClass(/[PX\]^_]/);
const TEXT = byteClass(/[ -~\u0080-\u00ff]/);
const INTERMEDIATES = byteClass(/[#-/]/);
const SHORT_FINAL = byteClass(/[0-~]/);

/**
 * Where the escape sequence ends that ESC at `at` begins (ECMA-48, and what xterm knows). One that breaks off ends where it does; of a string
 * without an end only the beginning is taken for a sequence.
 */
export function endOfEscape(line: Buffer, at: number): number {
  const next = at + 1;
  if (line[next] === OPENING_BRACKET) {
    const end = skip(line, next + 1, PARAMETERS);
    return isAt(line, end, FINAL) ? end + 1 : end;
  }
  if (isAt(line, next, STRING_START)) return endOfString(line, next + 1) ?? next + 1;
  const end = skip(line, next, INTERMEDIATES);
  return isAt(line, end, SHORT_FINAL) ? end + 1 : next;
}

function endOfString(line: Buffer, from: number): number | null {
  const end = skip(line, from, TEXT);
  if (line[end] === BEL) return end + 1;
  return line[end] === ESC && line[end + 1] === BACKSLASH ? end + 2 : null;
}
