import { isUtf8 } from 'node:buffer';

/**
 * What go-logfmt (decode.go) reads of one record, with a regular expression for each of its states: the pairs before the first fault, and
 * whether there is one. `record` has a character a byte.
 */
function readRecord(record: string, pairs: Map<string, string>): boolean {
  for (let rest = record; ; ) {
    rest = rest.replace(/^[\0- ]+/, '');
    if (rest === '') return true;
    const key = /^[^=\0- "]+/.exec(rest)?.[0];
    if (key === undefined || rest[key.length] === '"' || !isKey(key)) return false;
    rest = rest.slice(key.length);
    const value = rest.startsWith('=') ? /^=(?:(?!")[^\0- ="]*(?=[\0- ]|$)|"(?:[^"\\]|\\[^])*")/.exec(rest)?.[0] : '';
    if (value === undefined) return false;
    rest = rest.slice(value.length);
    const text = value.startsWith('="') ? unquote(value.slice(2, -1)) : value.slice(1);
    if (text === null) return false;
    pairs.set(key, text);
  }
}

function isKey(key: string): boolean {
  return isUtf8(Buffer.from(key, 'latin1')) && !Buffer.from(key, 'latin1').includes('\ufffd');
}

/** encoding/json, unquoteBytes: called only where there is a backslash. */
function unquote(text: string): string | null {
  if (!text.includes('\\')) return text;
  if (/[^ -\u00ff]/.test(text) || !/^(?:[^\\]|\\(?:["\\/'bfnrt]|u[\dA-Fa-f]{4}))*$/.test(text)) return null;
  const escaped = Buffer.from(text, 'latin1')
    .toString()
    .replaceAll(/\\(\\|')/g, (escape, letter) => (letter === "'" ? "'" : escape));
  return Buffer.from((JSON.parse(`"${escaped}"`) as string).toWellFormed()).toString('latin1');
}

/** All pairs of a text of several records, in UTF-8. */
export function logfmtPairs(text: Buffer): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const record of text.toString('latin1').split('\n')) if (!readRecord(record, pairs)) break;
  return new Map([...pairs].map(([key, value]) => [Buffer.from(key, 'latin1').toString(), Buffer.from(value, 'latin1').toString()]));
}
