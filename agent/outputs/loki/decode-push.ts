import { LABEL_NAME } from '../../model/labels.ts';

/** One stream of a push request. `labels` is Loki's label string as sent; `parseLabels` reads it. */
export interface PushedStream {
  readonly labels: string;
  readonly entries: readonly PushedEntry[];
}

/** `line` is a view of the decoded request, its bytes untouched. */
export interface PushedEntry {
  readonly seconds: number;
  readonly nanos: number;
  readonly line: Buffer;
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

/** The bytes are no push request, or a label string is none that every receiver reads. The message says where. */
export class MalformedPush extends Error {
  override readonly name = 'MalformedPush';
}

/**
 * Decodes an uncompressed logproto.PushRequest (grafana/loki pkg/push/push.proto). Unknown fields are skipped; lines need not be
 * UTF-8, label strings must be. @throws MalformedPush
 */
export function decodePush(body: Buffer): PushedStream[] {
  const streams: PushedStream[] = [];
  eachField(body, (field, value) => {
    if (field === 1) streams.push(decodeStream(bytesOf(value, 'streams')));
  });
  return streams;
}

function decodeStream(message: Buffer): PushedStream {
  let labels = '';
  const entries: PushedEntry[] = [];
  eachField(message, (field, value) => {
    if (field === 1) labels = decodeUtf8(bytesOf(value, 'labels'), 'labels');
    else if (field === 2) entries.push(decodeEntry(bytesOf(value, 'entries')));
  });
  return { labels, entries };
}

function decodeEntry(message: Buffer): PushedEntry {
  let time: readonly [number, number] = [0, 0];
  let line = message.subarray(0, 0);
  const metadata: (readonly [string, string])[] = [];
  eachField(message, (field, value) => {
    if (field === 1) time = decodeTime(bytesOf(value, 'timestamp'));
    else if (field === 2) line = bytesOf(value, 'line');
    else if (field === 3) metadata.push(decodePair(bytesOf(value, 'structuredMetadata')));
  });
  return { seconds: time[0], nanos: time[1], line, metadata };
}

function decodeTime(message: Buffer): [number, number] {
  const time: [number, number] = [0, 0];
  eachField(message, (field, value) => {
    if (field === 1) time[0] = intOf(value, 'seconds');
    else if (field === 2) time[1] = intOf(value, 'nanos');
  });
  if (time[1] < 0 || time[1] > 999_999_999) throw new MalformedPush(`nanos ${time[1]} are outside a second`);
  return time;
}

function decodePair(message: Buffer): [string, string] {
  const pair: [string, string] = ['', ''];
  eachField(message, (field, value) => {
    if (field === 1) pair[0] = bytesOf(value, 'name').toString();
    else if (field === 2) pair[1] = bytesOf(value, 'value').toString();
  });
  return pair;
}

/** Calls `visit` for every field of a protobuf message in order: a number for a varint, a view for bytes, null for fixed widths. */
function eachField(message: Buffer, visit: (field: number, value: number | Buffer | null) => void): void {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    const key = readVarint(message, cursor);
    const field = Math.floor(key / 8);
    if (field < 1) throw new MalformedPush(`field number ${field} at byte ${cursor.at}`);
    visit(field, readValue(message, cursor, key % 8));
  }
}

function readValue(message: Buffer, cursor: { at: number }, wireType: number): number | Buffer | null {
  switch (wireType) {
    case 0:
      return readVarint(message, cursor);
    case 1:
      take(message, cursor, 8);
      return null;
    case 2:
      return take(message, cursor, readVarint(message, cursor));
    case 5:
      take(message, cursor, 4);
      return null;
    default:
      throw new MalformedPush(`wire type ${wireType} at byte ${cursor.at}`);
  }
}

function take(message: Buffer, cursor: { at: number }, length: number): Buffer {
  const start = cursor.at;
  if (length < 0 || length > message.length - start)
    throw new MalformedPush(`a field of ${length} bytes at byte ${start} ends outside its message`);
  cursor.at = start + length;
  return message.subarray(start, cursor.at);
}

/** An int64 varint, exact while it is a safe integer. */
function readVarint(message: Buffer, cursor: { at: number }): number {
  const start = cursor.at;
  let value = 0;
  for (let scale = 1; cursor.at - start < 10; scale *= 128) {
    const byte = message[cursor.at++];
    if (byte === undefined) throw new MalformedPush(`a number at byte ${start} has no end`);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return cursor.at - start < 8 ? value : readLongVarint(message, start, cursor.at);
  }
  throw new MalformedPush(`a number at byte ${start} is longer than 10 bytes`);
}

/** Eight bytes and more: beyond what doubles add up exactly, and where negative numbers live. */
function readLongVarint(message: Buffer, start: number, end: number): number {
  let value = 0n;
  for (let at = end - 1; at >= start; at--) value = (value << 7n) | BigInt((message[at] ?? 0) & 0x7f);
  return Number(BigInt.asIntN(64, value));
}

function bytesOf(value: number | Buffer | null, field: string): Buffer {
  if (value instanceof Buffer) return value;
  throw new MalformedPush(`${field} has the wrong wire type`);
}

function intOf(value: number | Buffer | null, field: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  throw new MalformedPush(`${field} is no integer in range`);
}

function decodeUtf8(bytes: Buffer, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedPush(`${what} is not UTF-8`);
  }
}

/**
 * Reads a label string in the one form that Loki and its look-alikes all accept: `{a="x", b="y"}`, values as Go's strconv.Quote
 * writes them, at most one space after a comma, none elsewhere (Loki's parser takes more, VictoriaLogs' does not).
 * Returns the pairs sorted by name, doubled names kept, empty values left out as Loki does (labels.WithoutEmpty).
 * @throws MalformedPush
 */
export function parseLabels(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  if (!text.startsWith('{')) throw badLabels(text, 0, 'expected {');
  if (text === '{}') return pairs;
  let at = 1;
  for (;;) {
    const equals = text.indexOf('="', at);
    const name = text.slice(at, Math.max(equals, at));
    if (!LABEL_NAME.test(name)) throw badLabels(text, at, 'expected a label name and ="');
    const quote = closingQuote(text, equals + 2);
    pairs.push([name, unquote(text, equals + 2, quote)]);
    at = quote + 1;
    if (text[at] === '}') break;
    if (text[at] !== ',') throw badLabels(text, at, 'expected , or }');
    at += text[at + 1] === ' ' ? 2 : 1;
  }
  if (at !== text.length - 1) throw badLabels(text, at, 'something follows the }');
  return pairs.filter(([, value]) => value !== '').sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

function closingQuote(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  throw badLabels(text, from, 'the value has no closing quote');
}

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };
const ESCAPE =
  /\\(?:(?<simple>[abfnrtv\\"])|x(?<byte>[\da-fA-F]{2})|u(?<short>[\da-fA-F]{4})|U(?<long>[\da-fA-F]{8})|(?<octal>[0-3][0-7]{2}))/y;

/** Undoes strconv.Quote for `text[start, end)`. Bytes written as \x or in octal may form characters together, so it works on bytes. */
function unquote(text: string, start: number, end: number): string {
  const raw = text.slice(start, end);
  if (raw.includes('\n') || !raw.isWellFormed()) throw badLabels(text, start, 'a line feed or half a surrogate pair in a value');
  if (!raw.includes('\\')) return raw;
  const pieces: Buffer[] = [];
  let at = 0;
  for (let escape = raw.indexOf('\\'); escape >= 0; escape = raw.indexOf('\\', at)) {
    ESCAPE.lastIndex = escape;
    const match = ESCAPE.exec(raw);
    const bytes = match?.groups === undefined ? null : escapedBytes(match.groups);
    if (bytes === null) throw badLabels(text, start + escape, 'an unknown escape');
    pieces.push(Buffer.from(raw.slice(at, escape)), bytes);
    at = ESCAPE.lastIndex;
  }
  pieces.push(Buffer.from(raw.slice(at)));
  return decodeUtf8(Buffer.concat(pieces), `a label value of ${text}`);
}

/** Null for code points that are none: halves of surrogate pairs (Go does not join them) and beyond U+10FFFF. */
function escapedBytes(groups: Record<string, string | undefined>): Buffer | null {
  const { simple, byte, octal } = groups;
  if (simple !== undefined) return Buffer.of(SIMPLE_ESCAPES[simple] ?? 0);
  if (byte !== undefined) return Buffer.of(Number.parseInt(byte, 16));
  if (octal !== undefined) return Buffer.of(Number.parseInt(octal, 8));
  const code = Number.parseInt(groups['short'] ?? groups['long'] ?? '', 16);
  return code > 0x10_ff_ff || (code >= 0xd800 && code <= 0xdfff) ? null : Buffer.from(String.fromCodePoint(code));
}

function badLabels(text: string, at: number, why: string): MalformedPush {
  return new MalformedPush(`couldn't parse labels: ${text} at ${at}: ${why}`);
}
