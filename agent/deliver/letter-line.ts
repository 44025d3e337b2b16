import { isUtf8 } from 'node:buffer';
import { isTenant } from '../model/tenant.ts';
import { DROP_REASONS } from '../model/verdict.ts';
import { rfc3339Nano, type Time, timeOf } from '../runtime/civil-time.ts';
import type { DeadLetter } from './dead-letters.ts';

/** A dead letter as it was read back. */
export interface WrittenLetter extends DeadLetter {
  /** RFC 3339, UTC. */
  readonly writtenAt: string;
}

/** A letter as one line of JSON, with its LF; `writtenMs` since 1970. `parseLetter` gives back the same bytes. */
export function formatLetter(letter: DeadLetter, writtenMs: number): string {
  const { reason, detail, source, file, offset, tenant, labels, timestampNs, metadata, line } = letter;
  const origin = { written_at: rfc3339Nano(timeOf(writtenMs)), reason, detail, source, file, offset, tenant };
  const content = isUtf8(line) ? { line: line.toString('utf8') } : { line_base64: line.toString('base64') };
  // Metadata is a list of pairs: an object would lose their order, and a name that comes twice.
  return `${JSON.stringify({ ...origin, labels, timestamp_ns: timestampNs, metadata, ...content })}\n`;
}

/** Reads a line without its LF; a text says why it is no letter. */
export function parseLetter(text: Buffer): WrittenLetter | string {
  if (!isUtf8(text)) return 'not UTF-8';
  const fields = parseObject(text.toString('utf8'));
  if (fields === null) return 'not a JSON object';
  const unsound = Object.keys(FIELDS).find((name) => !FIELDS[name]!(fields[name]));
  if (unsound !== undefined) return fields[unsound] === undefined ? `${unsound} is missing` : `${unsound} is not as it is written`;
  const line = lineOf(fields);
  if (line === null) return 'neither line nor line_base64 holds a line';
  const { written_at: writtenAt, timestamp_ns: timestampNs, reason, detail, source, file, offset, tenant, labels, metadata } = fields;
  const whose = tenant === undefined ? {} : { tenant };
  return { writtenAt, reason, detail, source, file, offset, ...whose, labels, timestampNs, metadata, line } as WrittenLetter;
}

/** The time of the entry itself. */
export function letterTime({ timestampNs }: DeadLetter): Time {
  const ns = BigInt(timestampNs);
  return [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
}

type Fields = Readonly<Record<string, unknown>>;

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  written_at: isText,
  reason: (value) => DROP_REASONS.some((reason) => reason === value),
  detail: isText,
  source: isText,
  file: isText,
  offset: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  tenant: (value) => value === undefined || (isText(value) && isTenant(value)),
  labels: isText,
  timestamp_ns: (value) => isText(value) && /^\d{1,19}$/.test(value),
  metadata: (value) => Array.isArray(value) && value.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText)),
};

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function parseObject(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function lineOf({ line, line_base64: encoded }: Fields): Buffer | null {
  if (isText(line)) return Buffer.from(line);
  if (!isText(encoded)) return null;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes : null;
}
