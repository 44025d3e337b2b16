import { isUtf8 } from 'node:buffer';
import type { Time } from '../runtime/civil-time.ts';
import type { ApiRequest } from './api-request.ts';
import { requestOf } from './audit-event.ts';
import { type EventField, type EventValues, isBody } from './event-fields.ts';
import { eventTime } from './event-time.ts';
import { RECORDED_LEVELS, type RecordedLevel, STAGES, type Stage } from './policy.ts';

/** What an event says of itself, beside its bodies. Each is null where it is not said, or not as an API server says it. */
export interface EventHead {
  readonly level: RecordedLevel | null;
  readonly stage: Stage | null;
  readonly auditId: string | null;
  readonly time: Time | null;
  /** As the policy of the API server was asked about it; null: verb or URI are not known. */
  readonly request: ApiRequest | null;
  /** HTTP's. */
  readonly code: number | null;
  readonly reason: string;
}

const QUOTE = 34;
const BRACE = 123;
const BRACKET = 91;
const OBJECTS: ReadonlySet<EventField> = new Set([
  'user',
  'impersonatedUser',
  'authenticationMetadata',
  'objectRef',
  'responseStatus',
  'annotations',
]);

/** Takes out of `values` what is not of the type that it has in an event, or no text; returns whether there was any. */
export function removeMalformed(values: EventValues): boolean {
  const before = values.size;
  for (const [field, value] of values) {
    // An empty pointer of Go, which is the same as no field.
    if (value.equals(NULL)) values.set(field, EMPTY);
    else if (!isOfType(field, value[0]!) || !isUtf8(value)) values.delete(field);
  }
  const malformed = before - values.size;
  for (const [field, value] of values) if (value.length === 0) values.delete(field);
  return malformed > 0;
}

const NULL = Buffer.from('null');
const EMPTY = Buffer.alloc(0);

function isOfType(field: EventField, first: number): boolean {
  if (isBody(field)) return true;
  if (field === 'sourceIPs') return first === BRACKET;
  return first === (OBJECTS.has(field) ? BRACE : QUOTE);
}

/** Reads what values of the right types say. */
export function readHead(values: EventValues): EventHead {
  const { code, reason } = recordOf(values, 'responseStatus');
  const time = textOf(values, 'stageTimestamp');
  return {
    level: RECORDED_LEVELS.find((level) => level === textOf(values, 'level')) ?? null,
    stage: STAGES.find((stage) => stage === textOf(values, 'stage')) ?? null,
    auditId: textOf(values, 'auditID'),
    time: time === null ? null : eventTime(time),
    request: readRequest(values),
    code: typeof code === 'number' ? code : null,
    reason: typeof reason === 'string' ? reason : '',
  };
}

/** Whether the fields that name the kind of document are those of an event, or missing as in a list. */
export function isEventKind(values: EventValues): boolean {
  return [textOf(values, 'kind') ?? 'Event', textOf(values, 'apiVersion') ?? 'audit.k8s.io/v1'].join() === 'Event,audit.k8s.io/v1';
}

function readRequest(values: EventValues): ApiRequest | null {
  const [verb, requestURI] = [textOf(values, 'verb'), textOf(values, 'requestURI')];
  if (verb === null || requestURI === null) return null;
  const user = recordOf(values, 'user');
  const groups = Array.isArray(user['groups']) ? user['groups'].filter((group) => typeof group === 'string') : [];
  const objectRef = values.has('objectRef') ? { objectRef: textsOf(recordOf(values, 'objectRef')) } : {};
  return requestOf({ verb, requestURI, user: { ...textsOf(user), groups }, ...objectRef });
}

/** A text; null: there is none. */
export function textOf(values: EventValues, field: EventField): string | null {
  const value = values.get(field);
  return value === undefined ? null : (JSON.parse(value.toString()) as string);
}

/** An object; empty when there is none. */
export function recordOf(values: EventValues, field: EventField): { readonly [name: string]: unknown } {
  const value = values.get(field);
  return value === undefined ? {} : (JSON.parse(value.toString()) as { readonly [name: string]: unknown });
}

function textsOf(record: { readonly [name: string]: unknown }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
