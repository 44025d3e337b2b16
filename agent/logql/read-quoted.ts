import { type Fault, isFault } from './fault.ts';
import type { LogqlCursor } from './logql-cursor.ts';

const RAW = /[^`]*/y;
/** What stands for itself between quotes; a line break does not. */
const PLAIN = /[^"\\\n]+/y;
const ESCAPE = /\\(?:[abfnrtv\\"]|[0-3][0-7]{2}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})/y;
const CONTROL: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
const MAX_CODE_POINT = 0x10_ff_ff;

/** Reads the bytes that a Go string says, in quotes or backticks (go.dev/ref/spec, String literals). */
export function readQuoted(cursor: LogqlCursor): Buffer | Fault {
  if (cursor.accept('`')) return readRaw(cursor);
  if (cursor.accept('"')) return readEscaped(cursor);
  const single = cursor.accept("'") ? ', not single ones' : '';
  return cursor.fault(`a text is missing, write it in double quotes or backticks${single}`);
}

function readRaw(cursor: LogqlCursor): Buffer | Fault {
  const start = cursor.at - 1;
  const text = cursor.take(RAW)!;
  return cursor.accept('`') ? Buffer.from(text) : cursor.fault('the backtick that ends this text is missing', start);
}

function readEscaped(cursor: LogqlCursor): Buffer | Fault {
  const start = cursor.at - 1;
  const pieces: Buffer[] = [];
  while (cursor.source[cursor.at] !== '"') {
    const piece = cursor.source[cursor.at] === '\\' ? readEscape(cursor) : Buffer.from(cursor.take(PLAIN) ?? '');
    if (isFault(piece)) return piece;
    if (piece.length === 0) return cursor.fault('the quote that ends this text is missing', start);
    pieces.push(piece);
  }
  cursor.at += 1;
  return Buffer.concat(pieces);
}

function readEscape(cursor: LogqlCursor): Buffer | Fault {
  const start = cursor.at;
  const escape = cursor.take(ESCAPE);
  if (escape === null) {
    const written = cursor.source.slice(start, start + 2);
    return cursor.fault(`${written} is no escape, write \\${written} for a backslash, or the text in backticks`);
  }
  const [, kind] = escape;
  const code = Number.parseInt(escape.slice(/\d/.test(kind!) ? 1 : 2), /\d/.test(kind!) ? 8 : 16);
  if (kind !== 'u' && kind !== 'U') return Buffer.of(Number.isNaN(code) ? (CONTROL[kind!] ?? kind!.charCodeAt(0)) : code);
  if (code > MAX_CODE_POINT || (code >= 0xd8_00 && code < 0xe0_00)) return cursor.fault(`${escape} is no character`, start);
  return Buffer.from(String.fromCodePoint(code));
}
