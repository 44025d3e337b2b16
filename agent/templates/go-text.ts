import { TemplateFault } from './template-fault.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};
const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ESCAPES)
    .filter(([name]) => name !== "'")
    .map(([name, character]) => [character, name]),
);

/** What stands between the quotes of a Go string literal, its escapes resolved. `\x` and octal ones are bytes of UTF-8. */
export function unquoted(content: string): string {
  if (!content.includes('\\')) return content;
  const pieces: Buffer[] = [];
  let from = 0;
  for (const { 0: escape, index } of content.matchAll(/\\(?:x[\da-fA-F]{2}|[0-7]{3}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[^xuU0-7]|.)/gsu)) {
    pieces.push(Buffer.from(content.slice(from, index)), resolved(escape));
    from = index + escape.length;
  }
  pieces.push(Buffer.from(content.slice(from)));
  return Buffer.concat(pieces).toString();
}

function resolved(escape: string): Buffer {
  const name = escape[1]!;
  const known = ESCAPES[name];
  if (known !== undefined) return Buffer.from(known);
  const digits = escape.slice(2);
  const code = name === 'x' || name === 'u' || name === 'U' ? Number.parseInt(digits || '-', 16) : Number.parseInt(escape.slice(1), 8);
  const most = name === 'u' || name === 'U' ? 0x10_ff_ff : 0xff;
  if (Number.isNaN(code) || code > most) throw new TemplateFault(`${escape} is no escape of Go's strings, write \\\\ for a backslash`);
  return name === 'u' || name === 'U' ? Buffer.from(String.fromCodePoint(code)) : Buffer.from([code]);
}

/** A text in quotes, as Go's `%q` writes it: what cannot be printed is escaped. */
export function quoted(text: string): string {
  const escaped = text.replace(/["\\]|[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu, (character) => {
    const name = NAMES[character];
    if (name !== undefined) return `\\${name}`;
    const code = character.codePointAt(0)!;
    if (code < 0x80) return `\\x${hex(code, 2)}`;
    return code < 0x1_00_00 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
  });
  return `"${escaped}"`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
