import { isUtf8 } from 'node:buffer';
import { copyCompact } from '../json/copy-compact.ts';
import { JsonCursor } from '../json/json-cursor.ts';
import { EVENT_START } from './event-fields.ts';

/** What an API server posts, divided: one line an event, as its log backend writes it, without the LF. Or what is wrong with it. */
export type EventList =
  | { readonly ok: true; readonly events: readonly Buffer[]; readonly malformed: number }
  | { readonly ok: false; readonly fault: string };

const API_VERSION = 'audit.k8s.io/v1';
const OPEN_OBJECT = 123;
const QUOTE = 34;

/**
 * Reads the body of a request of the audit webhook (apiserver: plugin/pkg/audit/webhook, an EventList of audit.k8s.io/v1). Bytes of
 * events stay as they are, numbers of any size among them, but for white space between tokens. What stands among the items and is no event,
 * which needs an `auditID` and a `stage`, is counted in `malformed` and left out; anything else that is wrong is a fault of the whole.
 */
export function readEventList(body: Buffer): EventList {
  if (!isUtf8(body)) return fault('the body is not UTF-8');
  const cursor = new JsonCursor(body);
  const found: FoundList = { kind: null, apiVersion: null, events: null, malformed: 0, repeated: null };
  const isWhole = cursor.object((start, end) => readMember(cursor, body.toString('utf8', start, end), found)) && cursor.isAtEnd();
  if (found.repeated !== null) return fault(`${found.repeated} is given twice`);
  if (!isWhole) return fault(`the body is no JSON object: it breaks off, or is wrong, at byte ${cursor.at}`);
  if (found.kind !== 'EventList') return fault(`kind is ${shown(found.kind)}, want "EventList"`);
  if (found.apiVersion !== API_VERSION) return fault(`apiVersion is ${shown(found.apiVersion)}, want "${API_VERSION}"`);
  if (found.events === null) return fault('there are no items');
  return { ok: true, events: found.events, malformed: found.malformed };
}

interface FoundList {
  kind: string | null;
  apiVersion: string | null;
  events: Buffer[] | null;
  malformed: number;
  repeated: string | null;
}

function readMember(cursor: JsonCursor, key: string, found: FoundList): boolean {
  if (key === 'items') return readItems(cursor, found);
  if (key !== 'kind' && key !== 'apiVersion') return cursor.value();
  if (found[key] !== null) return repeat(key, found);
  cursor.skipSpace();
  const start = cursor.at;
  if (!cursor.value()) return false;
  found[key] = cursor.bytes.toString('utf8', start, cursor.at).replaceAll('"', '');
  return true;
}

function readItems(cursor: JsonCursor, found: FoundList): boolean {
  if (found.events !== null) return repeat('items', found);
  const events: Buffer[] = (found.events = []);
  return cursor.array(() => {
    const event = readItem(cursor);
    if (event === 'broken') return false;
    if (event === 'no event') found.malformed += 1;
    else events.push(event);
    return true;
  });
}

function repeat(key: string, found: FoundList): false {
  found.repeated = key;
  return false;
}

function readItem(cursor: JsonCursor): Buffer | 'no event' | 'broken' {
  cursor.skipSpace();
  if (cursor.bytes[cursor.at] !== OPEN_OBJECT) return cursor.value() ? 'no event' : 'broken';
  const fields: [start: number, end: number][] = [];
  const needed = new Set(['auditID', 'stage']);
  const isWhole = cursor.object((start, end) => {
    const key = cursor.bytes.toString('utf8', start, end);
    cursor.skipSpace();
    if (cursor.bytes[cursor.at] === QUOTE) needed.delete(key);
    if (!cursor.value()) return false;
    if (key !== 'kind' && key !== 'apiVersion') fields.push([start - 1, cursor.at]);
    return true;
  });
  if (!isWhole) return 'broken';
  return needed.size > 0 ? 'no event' : lineOf(cursor.bytes, fields);
}

/** The log backend writes kind and apiVersion in front of each event; the items of a list come without. */
function lineOf(bytes: Buffer, fields: readonly (readonly [start: number, end: number])[]): Buffer {
  const room = fields.reduce((sum, [start, end]) => sum + 1 + end - start, EVENT_START.length + 1);
  const line = Buffer.allocUnsafe(room);
  let length = EVENT_START.copy(line);
  for (const [start, end] of fields) {
    length += line.write(',', length, 'latin1');
    length = copyCompact(bytes, [start, end], line, length);
  }
  length += line.write('}', length, 'latin1');
  return line.subarray(0, length);
}

function fault(text: string): EventList {
  return { ok: false, fault: text };
}

/** Nothing of a body that may hold anything goes into an answer or a log at length. */
function shown(text: string | null): string {
  return text === null ? 'missing' : JSON.stringify(text.slice(0, 60));
}
