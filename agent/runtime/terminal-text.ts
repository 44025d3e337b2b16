import { isUtf8 } from 'node:buffer';

/** What moves the cursor, colours, reorders or hides text, and the backslash that stands for it here. */
const UNSAFE = /[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** Text of anyone's as a terminal may be given it: controls are written out (`\x1b`, `\u{202e}`), a backslash is doubled. */
export function terminalText(text: string): string {
  return text.replace(UNSAFE, (character) => SHORT[character] ?? escaped(character.codePointAt(0)!));
}

/** The same for bytes: of what is not UTF-8 every byte beyond ASCII is written as `\xff`. */
export function terminalBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return terminalText(bytes.toString('utf8'));
  return terminalText(bytes.toString('latin1')).replace(/[\x80-\xff]/g, (character) => escaped(character.codePointAt(0)!));
}

function escaped(code: number): string {
  const digits = code.toString(16);
  return code < 0x100 ? `\\x${digits.padStart(2, '0')}` : `\\u{${digits}}`;
}
