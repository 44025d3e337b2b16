import type { Metadata } from '../model/record.ts';
import type { Time } from '../runtime/civil-time.ts';
import { GrowingBuffer } from '../runtime/growing-buffer.ts';
import type { ApiRequest } from './api-request.ts';
import type { AuditCounts, EventFault } from './audit-counts.ts';
import type { Mask } from './body-redactor.ts';
import { CredentialResources } from './credential-resources.ts';
import { BODIES, EVENT_START, type EventField, type EventValues } from './event-fields.ts';
import { type EventHead, isEventKind, readHead, removeMalformed } from './event-head.ts';
import { metadataOf } from './event-metadata.ts';
import { EventScanner } from './event-scanner.ts';
import type { Kind } from './first-match.ts';
import { fitEvent } from './fit-event.ts';
import { forbiddenResource } from './forbidden-resource.ts';
import { goJson } from './go-json.ts';
import { type FilterReason, lowerLevel } from './lower-level.ts';
import { COMPLETE, isAtLeast, type Policy, type RecordedLevel, STAGES } from './policy.ts';
import { redactEvent, removeBodyAnnotations } from './redact-event.ts';
import { annotate, type Markers, writeEvent } from './write-event.ts';

export interface EventReaderOptions {
  /** Lowers what the API server recorded; null: everything leaves at the level that it has. */
  readonly policy: Policy | null;
  /** Resources whose bodies never leave, beside those that always hold credentials. */
  readonly credentials: readonly Pick<Kind, 'group' | 'resource'>[];
  /** How much of an event is held at once. */
  readonly keptBytes: number;
  /** No line becomes longer; 1024 at least. */
  readonly maxLineBytes: number;
  /** Counted up. */
  readonly counts: AuditCounts;
}

/** An event as it leaves the node: a pure function of its bytes and the options. */
export interface AuditEntry {
  readonly kind: 'entry';
  /** One JSON object without an LF; holds until the next call of the reader. */
  readonly line: Buffer;
  /** stageTimestamp; null: the line does not say it, so that it belongs where the event before it does. */
  readonly time: Time | null;
  /** The place of its stage in `STAGES`. */
  readonly channel: number;
  /** user, verb, resource, code, namespace and audit_id, those that are known. */
  readonly metadata: Metadata;
  /** The line is no whole event: the entry is what could be saved of it. */
  readonly isMalformed: boolean;
}

/** What became of a line. */
export type ReadEvent = AuditEntry | { readonly kind: 'filtered'; readonly reason: FilterReason };

const SALVAGED: ReadonlySet<EventField> = new Set([
  'auditID',
  'stage',
  'verb',
  'user',
  'objectRef',
  'requestReceivedTimestamp',
  'stageTimestamp',
]);
const SALVAGED_BYTES = 1024;
const FORBIDDEN = 403;

/**
 * Turns lines of an audit log into entries, one line at a time: `push` takes its bytes in any stretches, `finish` says what became of it
 * and makes ready for the next. A line that was begun is given up with `reset`. Holds `keptBytes` and a line at most; never throws over
 * what stands in a line, and never hands out a line as it stands.
 */
export class EventReader {
  readonly startBytes: number = EVENT_START.length;
  readonly #options: EventReaderOptions;
  readonly #scanner: EventScanner;
  readonly #line = new GrowingBuffer();
  readonly #credentials: CredentialResources;
  /** Another event has begun on the line. */
  #isBegun = false;

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.#scanner = new EventScanner(options.keptBytes);
    this.#credentials = new CredentialResources(options.credentials);
  }

  /**
   * Takes `bytes[start, end)`, the next bytes of the line, its LF not among them. Returns -1, or the place in them where another event goes on that
   * begins on this line, `startBytes` before: `finish` tells of the first, and has begun the other.
   */
  push(bytes: Buffer, start: number, end: number): number {
    const next = this.#scanner.push(bytes, start, end);
    this.#isBegun = next !== -1;
    return next;
  }

  /** The line is complete, or `push` has found another event. */
  finish(): ReadEvent {
    const read = this.#read();
    this.#scanner.reset();
    if (this.#isBegun) this.#scanner.push(EVENT_START, 0, EVENT_START.length);
    this.#isBegun = false;
    return read;
  }

  /** Forgets the line that was begun. */
  reset(): void {
    this.#scanner.reset();
    this.#isBegun = false;
  }

  #read(): ReadEvent {
    const { counts } = this.#options;
    const fault = this.#scanner.finish();
    if (fault === 'empty') return this.#filtered('empty');
    const values = this.#scanner.values();
    const isMalformed = removeMalformed(values);
    const head = readHead(values);
    if (fault === null && !isMalformed && isWhole(values, head)) return this.#prune(values, head);
    const known = fault ?? (isMalformed ? 'malformed' : 'no-event');
    counts.unparsable[known] += 1;
    return this.#salvage(values, head, known);
  }

  #prune(values: EventValues, head: WholeHead): ReadEvent {
    const { policy, counts } = this.#options;
    const lowered = policy === null ? { ...AS_RECORDED, level: head.level } : lowerLevel(policy, head.request, head);
    if (lowered.kind === 'filtered') return this.#filtered(lowered.reason);
    keepLevel(values, lowered.level);
    const markers: Markers = new Map();
    this.#redact(values, head.request, { omitManagedFields: lowered.omitManagedFields, markers });
    counts.events[lowered.level][head.stage] += 1;
    // A refused watch is recorded when its answer begins, too.
    if (head.code === FORBIDDEN && head.stage === 'ResponseComplete') counts.forbidden[forbiddenResource(head.request)] += 1;
    return this.#entry(values, head, { markers, isMalformed: false });
  }

  #redact(values: EventValues, request: ApiRequest | null, { omitManagedFields, markers }: RedactOptions): void {
    const { counts } = this.#options;
    const bodies = BODIES.filter((body) => values.has(body));
    const credential = request === null ? null : this.#credentials.of(request);
    const masked = (mask: Mask): void => void (counts.masked[mask] += 1);
    const held = redactEvent(values, credential, { resources: this.#credentials.names, omitManagedFields, masked });
    const reasons: string[] = [];
    if (held !== null && bodies.length > 0) {
      counts.removed.set(held, (counts.removed.get(held) ?? 0) + 1);
      reasons.push(`${bodies.join(', ')}: ${held} hold credentials`);
    }
    if (this.#scanner.unknownFields > 0) reasons.push('fields that no event has');
    if (reasons.length > 0) markers.set('logferry.io/removed', reasons.join('; '));
  }

  #salvage(values: EventValues, head: EventHead, fault: EventFault): AuditEntry {
    for (const [field, value] of values) if (!SALVAGED.has(field) || value.length > SALVAGED_BYTES) values.delete(field);
    values.set('level', Buffer.from('"Metadata"'));
    if (head.code !== null) values.set('responseStatus', Buffer.from(goJson({ code: head.code })));
    const markers: Markers = new Map([['logferry.io/unparsable', `${fault}, ${this.#scanner.bytes} bytes`]]);
    this.#redact(values, null, { omitManagedFields: false, markers });
    return this.#entry(values, head, { markers, isMalformed: true });
  }

  #entry(values: EventValues, head: EventHead, { markers, isMalformed }: EntryOptions): AuditEntry {
    annotate(values, markers);
    const leftOut = new Set([...this.#scanner.leftOut, ...fitEvent(values, this.#options.maxLineBytes)]);
    if (leftOut.size > 0) annotate(values, markers.set('logferry.io/truncated', [...leftOut].join(', ')));
    for (const field of leftOut) this.#options.counts.truncated[field] += 1;
    const channel = head.stage === null ? COMPLETE : STAGES.indexOf(head.stage);
    return { kind: 'entry', line: writeEvent(values, this.#line), time: head.time, channel, metadata: metadataOf(values), isMalformed };
  }

  #filtered(reason: FilterReason): ReadEvent {
    this.#options.counts.filtered[reason] += 1;
    return { kind: 'filtered', reason };
  }
}

const AS_RECORDED = { kind: 'kept', omitManagedFields: false } as const;

interface RedactOptions {
  readonly omitManagedFields: boolean;
  readonly markers: Markers;
}

interface EntryOptions {
  readonly markers: Markers;
  readonly isMalformed: boolean;
}

/** What every event has. */
type WholeHead = { readonly [field in keyof EventHead]: field extends 'code' ? EventHead[field] : NonNullable<EventHead[field]> };

function isWhole(values: EventValues, head: EventHead): head is WholeHead {
  const { level, stage, auditId, time, request } = head;
  return isEventKind(values) && level !== null && stage !== null && auditId !== null && time !== null && request !== null;
}

/** Leaves what is recorded at a level. */
function keepLevel(values: EventValues, level: RecordedLevel): void {
  if (!isAtLeast(level, 'Request')) {
    values.delete('requestObject');
    removeBodyAnnotations(values);
  }
  if (!isAtLeast(level, 'RequestResponse')) values.delete('responseObject');
  values.set('level', Buffer.from(`"${level}"`));
}
