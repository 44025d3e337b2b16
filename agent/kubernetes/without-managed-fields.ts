const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{` are these when this bit is set, `]` and `}` likewise. */
const CURLY = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;
/** A quote inside of a string has a backslash before it, so this is a key wherever it stands. */
const KEY = Buffer.from('"managedFields":[');

/**
 * The JSON of one object with `managedFields` emptied: who wrote which field is most of the metadata of a pod, and parsing it most of what an
 * event costs. Whatever is no JSON stays none.
 */
export function withoutManagedFields(json: Buffer): string {
  const at = json.indexOf(KEY);
  if (at === -1) return json.toString();
  const start = at + KEY.length;
  const end = endOfArray(json, start);
  return json.toString('utf8', 0, start) + json.toString('utf8', end);
}

/** The place of the bracket that closes the array whose content begins at `start`; the end of the JSON where there is none. */
function endOfArray(json: Buffer, start: number): number {
  let depth = 1;
  for (let at = start; at < json.length; at += 1) {
    const byte = json[at]!;
    if (byte === QUOTE) at = endOfString(json, at + 1);
    else if ((byte | CURLY) === OPENING) depth += 1;
    else if ((byte | CURLY) === CLOSING && (depth -= 1) === 0) return at;
  }
  return json.length;
}

/** The place of the quote that closes a string. */
function endOfString(json: Buffer, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
