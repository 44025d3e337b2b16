import type { EventField, EventValues } from './event-fields.ts';
import { recordOf, textOf } from './event-head.ts';
import { goJson } from './go-json.ts';
import { writtenBytes } from './write-event.ts';

/** For the marker that says what is missing. */
const MARKER_BYTES = 512;
const SHORT_CHARACTERS = 256;

/** A shorter value of a field; null: it goes as a whole. */
type Shorten = (values: EventValues) => unknown;

const WHOLE: Shorten = () => null;
/** In this order. */
const STEPS: readonly (readonly [EventField, Shorten])[] = [
  ['responseObject', WHOLE],
  ['requestObject', WHOLE],
  ['annotations', WHOLE],
  ['responseStatus', (values) => ({ code: recordOf(values, 'responseStatus')['code'] })],
  ['requestURI', (values) => textOf(values, 'requestURI')!.split('?')[0]!],
  ['user', (values) => ({ username: recordOf(values, 'user')['username'] })],
  ['impersonatedUser', (values) => ({ username: recordOf(values, 'impersonatedUser')['username'] })],
  ['userAgent', WHOLE],
  ['sourceIPs', WHOLE],
  ['authenticationMetadata', WHOLE],
  ['requestURI', WHOLE],
  ['responseStatus', WHOLE],
  ['impersonatedUser', WHOLE],
  ['objectRef', WHOLE],
  ['verb', WHOLE],
  ['user', WHOLE],
  ['requestReceivedTimestamp', WHOLE],
  ['auditID', WHOLE],
];

/** Shortens and leaves out fields until the event is written with `maxBytes` and the marker; returns which. */
export function fitEvent(values: EventValues, maxBytes: number): EventField[] {
  const fields = new Set<EventField>();
  if (writtenBytes(values) <= maxBytes) return [];
  for (const [field, shorten] of STEPS) {
    if (writtenBytes(values) <= maxBytes - MARKER_BYTES) break;
    if (!values.has(field)) continue;
    fields.add(field);
    const value = shorten(values);
    const shorter = value === null ? null : goJson(value);
    if (shorter === null || shorter.length > SHORT_CHARACTERS) values.delete(field);
    else values.set(field, Buffer.from(shorter));
  }
  return [...fields];
}
