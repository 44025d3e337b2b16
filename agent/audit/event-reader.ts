import type { Metadata } from '../model/record.ts';
import type { Time } from '../runtime/civil-time.ts';
import { GrowingBuffer } from '../runtime/growing-buffer.ts';
import { type CredentialResource, credentialResource } from './credential-resources.ts';
import { BODIES, type EventField, type EventValues } from './event-fields.ts';
import { type EventHead, isEventKind, readHead, removeMalformed } from './event-head.ts';
import { EventScanner, type ScanFault } from './event-scanner.ts';
import { goJson } from './go-json.ts';
import { type FilterReason, lowerLevel } from './lower-level.ts';
import { metadataOf } from './event-metadata.ts';
import { isAtLeast, type Level, type Policy, STAGES } from './policy.ts';
import { annotate, type Markers, writeEvent } from './write-event.ts';

export interface EventReaderOptions {
  /** Lowers what the API server recorded; null: everything leaves at the level that it has. */
  readonly policy: Policy | null;
  /** Resources whose bodies never leave, beside those that always hold credentials. */
  readonly credentials: readonly Pick<CredentialResource & { readonly group: string }, 'group' | 'resource'>[];
  /** How much of an event is held at once. */
  readonly keptBytes: number;
  /** No line becomes longer. */
  readonly maxLineBytes: number;
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
}

/** What became of a line. */
export type ReadEvent = AuditEntry | { readonly kind: 'filtered'; readonly reason: FilterReason };

/** Why a line became an entry that holds no more than who, what, when and the outcome, as far as it says so. */
export type EventFault = Exclude<ScanFault, 'empty'> | 'malformed' | 'no-event';

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
const COMPLETE = STAGES.indexOf('ResponseComplete');

/**
 * Turns lines of an audit log into entries, one line at a time: `push` takes its bytes in any stretches, `finish` says what became of it
 * and makes ready for the next. A line that was begun is given up with `reset`. Holds `keptBytes` and a line at most; never throws over
 * what stands in a line, and never hands out a line as it stands.
 */
export class EventReader {
  readonly #options: EventReaderOptions;
  readonly #scanner: EventScanner;
  readonly #line = new GrowingBuffer();

  constructor(options: EventReaderOptions) {
    this.#options = options;
    this.#scanner = new EventScanner(options.keptBytes);
  }

  /** Takes `bytes[start, end)`, the next bytes of the line, its LF not among them. */
  push(bytes: Buffer, start: number, end: number): void {
    this.#scanner.push(bytes, start, end);
  }

  /** The line is complete. */
  finish(): ReadEvent {
    const read = this.#read();
    this.#scanner.reset();
    return read;
  }

  /** Forgets the line that was begun. */
  reset(): void {
    this.#scanner.reset();
  }

  #read(): ReadEvent {
    const fault = this.#scanner.finish();
    if (fault === 'empty') return { kind: 'filtered', reason: 'empty' };
    const values = this.#scanner.values();
    const isMalformed = removeMalformed(values);
    const head = readHead(values);
    if (fault !== null) return this.#salvage(values, head, fault);
    if (isMalformed) return this.#salvage(values, head, 'malformed');
    if (!isWhole(values, head)) return this.#salvage(values, head, 'no-event');
    return this.#prune(values, head);
  }

  #prune(values: EventValues, head: WholeHead): ReadEvent {
    const { policy, credentials } = this.#options;
    const lowered = policy === null ? { kind: 'kept' as const, level: head.level } : lowerLevel(policy, head.request, head);
    if (lowered.kind === 'filtered') return lowered;
    keepLevel(values, lowered.level);
    const markers = new Map<Parameters<Markers['get']>[0], string>();
    const credential = credentialResource(head.request, credentials);
    const removed = BODIES.filter((body) => values.delete(body));
    if (removed.length > 0) markers.set('logferry.io/removed', `${removed.join(',')}: ${credential ?? 'bodies'}`);
    annotate(values, markers);
    return this.#entry(values, head);
  }

  #salvage(values: EventValues, head: EventHead, fault: EventFault): AuditEntry {
    for (const [field, value] of values) if (!SALVAGED.has(field) || value.length > SALVAGED_BYTES) values.delete(field);
    values.set('level', Buffer.from('"Metadata"'));
    if (head.code !== null) values.set('responseStatus', Buffer.from(goJson({ code: head.code })));
    annotate(values, new Map([['logferry.io/unparsable', `${fault}, ${this.#scanner.bytes} bytes`]]));
    return this.#entry(values, head);
  }

  #entry(values: EventValues, head: EventHead): AuditEntry {
    const channel = head.stage === null ? COMPLETE : STAGES.indexOf(head.stage);
    return { kind: 'entry', line: writeEvent(values, this.#line), time: head.time, channel, metadata: metadataOf(values) };
  }
}

/** What every event has. */
type WholeHead = { readonly [field in keyof EventHead]: field extends 'code' ? EventHead[field] : NonNullable<EventHead[field]> };

function isWhole(values: EventValues, head: EventHead): head is WholeHead {
  const { level, stage, auditId, time, request } = head;
  return isEventKind(values) && level !== null && stage !== null && auditId !== null && time !== null && request !== null;
}

/** Leaves what is recorded at a level. */
function keepLevel(values: EventValues, level: Level): void {
  if (!isAtLeast(level, 'Request')) values.delete('requestObject');
  if (!isAtLeast(level, 'RequestResponse')) values.delete('responseObject');
  values.set('level', Buffer.from(`"${level}"`));
}
