import { EVENT_FIELDS, EVENT_START, type EventField, type EventValues } from './event-fields.ts';
import { EventStartFinder } from './event-start.ts';
import {
  AFTER,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  CLOSE_STRING,
  COLON,
  COMMA,
  DONE,
  FIRST_ACTION,
  FIRST_ITEM,
  FIRST_KEY,
  IN_STRING,
  isNumber,
  KEY,
  KEY_COLON,
  OPEN_ARRAY,
  OPEN_KEY,
  OPEN_OBJECT,
  SPACE,
  START,
  TRANSITIONS,
  VALUE,
  WRONG,
} from './json-grammar.ts';
import { KeptFields } from './kept-fields.ts';

/** Why a line is not taken for an event. */
export type ScanFault = 'empty' | 'no-json' | 'too-deep' | 'cut-off' | 'given-twice';

const QUOTE = 34;
const BACKSLASH = 92;
const FIRST_PRINTABLE = 32;
const FIELDS: ReadonlyMap<string, EventField> = new Map(EVENT_FIELDS.map((field) => [field, field]));
const LONGEST_NAME = Math.max(...EVENT_FIELDS.map((field) => field.length));
/** encoding/json of Go gives up beyond it, so no body of the API server is deeper. */
const MOST_LEVELS = 10_000;
/** A field that is deeper is not kept. Objects of Kubernetes stay below it. */
const MOST_LEVELS_KEPT = 256;

/**
 * Divides one line of an audit log, which may come in any stretches, into the fields of its event, and checks the grammar of all of it.
 * What is kept has no white space between tokens, and its bytes are otherwise those of the line. More than `keptBytes` are never held:
 * fields are left out until the others fit. What is left out depends on the bytes alone, not on the stretches they come in.
 */
export class EventScanner {
  readonly #kept: KeptFields;
  readonly #seen = new Set<EventField>();
  readonly #another = new EventStartFinder();
  /** 1 for each open object, 0 for each open array. */
  readonly #isObject = new Uint8Array(MOST_LEVELS + 1);
  readonly #name = Buffer.alloc(LONGEST_NAME);
  #nameBytes = 0;
  #state = START;
  #depth = 0;
  #isKey = false;
  #fault: ScanFault | null = null;
  #unknownFields = 0;
  /** Bytes of the line so far. */
  #bytes = 0;
  /** What the bytes are that pass by. */
  #part: 'name' | 'value' | 'none' = 'none';
  /** That of the name that was read last; null: no event has it. */
  #field: EventField | null = null;
  /** Where in the stretch that what is to be kept begins. */
  #from = 0;

  constructor(keptBytes: number) {
    this.#kept = new KeptFields(keptBytes);
  }

  /**
   * Takes the next bytes of the line, its LF not among them. Returns -1, or the place behind `EVENT_START` of another event on the line: the first
   * one is complete then, and nothing more of the line belongs to it.
   */
  push(bytes: Buffer, start: number, end: number): number {
    const next = this.#scan(bytes, start, end);
    this.#bytes += next === -1 ? end - start : next - start - EVENT_START.length;
    return next;
  }

  #scan(bytes: Buffer, start: number, end: number): number {
    if (this.#fault !== null) return this.#another.seek(bytes, start, end);
    this.#from = start;
    let state = this.#state;
    for (let at = start; at < end; at += 1) {
      if (state === IN_STRING) {
        at = endOfPlain(bytes, at, end);
        if (at === end) break;
      }
      const before = state;
      const next = TRANSITIONS[(before << 8) | bytes[at]!]!;
      state = next < FIRST_ACTION ? next : this.#act(next, before, bytes, at);
      if (state === WRONG) {
        this.#state = before;
        return this.#another.seek(bytes, this.#another.break(bytes, start, at), end);
      }
    }
    this.#state = state;
    this.#keep(bytes, end);
    this.#another.pass(bytes, start, end);
    return -1;
  }

  /** The line is complete. Says what is wrong with it; fields that were complete before that are there all the same. */
  finish(): ScanFault | null {
    if (this.#fault !== null && !this.#another.found) return this.#fault;
    if (this.#state === DONE) return null;
    return this.#state === START ? 'empty' : 'cut-off';
  }

  /** Fields that are complete and were kept; they hold until the next call of `reset`. */
  values(): EventValues {
    return this.#kept.values();
  }

  /** Fields that were too large or too deep to be kept. */
  get leftOut(): ReadonlySet<EventField> {
    return this.#kept.leftOut;
  }

  /** How many fields no event has; they are not kept. */
  get unknownFields(): number {
    return this.#unknownFields;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Makes ready for another line. */
  reset(): void {
    this.#kept.reset();
    this.#seen.clear();
    this.#another.reset();
    this.#state = START;
    this.#depth = 0;
    this.#isKey = false;
    this.#fault = null;
    this.#unknownFields = 0;
    this.#bytes = 0;
    this.#part = 'none';
    this.#field = null;
  }

  /** Does what a byte means, and returns the next state. */
  #act(action: number, state: number, bytes: Buffer, at: number): number {
    switch (action) {
      case SPACE:
        this.#keep(bytes, at);
        this.#from = at + 1;
        return isNumber(state) ? AFTER : state;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        return this.#open(action === OPEN_OBJECT);
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        return this.#close(action === CLOSE_OBJECT, bytes, at);
      case COMMA:
        if (this.#depth === 1) this.#endField(bytes, at);
        return this.#isObject[this.#depth] === 1 ? KEY : VALUE;
      case OPEN_KEY:
        this.#isKey = true;
        if (this.#depth === 1) this.#beginName(at + 1);
        return IN_STRING;
      case CLOSE_STRING:
        return this.#closeString(bytes, at);
      case KEY_COLON:
        if (this.#depth === 1) this.#beginValue(at + 1);
        return VALUE;
      default:
        return this.#fail('no-json');
    }
  }

  #fail(fault: ScanFault): number {
    this.#fault = fault;
    return WRONG;
  }

  #open(isObject: boolean): number {
    if (this.#depth === MOST_LEVELS) return this.#fail('too-deep');
    this.#depth += 1;
    this.#isObject[this.#depth] = isObject ? 1 : 0;
    if (this.#depth > MOST_LEVELS_KEPT) this.#kept.leaveOutOpen();
    return isObject ? FIRST_KEY : FIRST_ITEM;
  }

  #close(isObject: boolean, bytes: Buffer, at: number): number {
    if ((this.#isObject[this.#depth] === 1) !== isObject) return this.#fail('no-json');
    if (this.#depth === 1) this.#endField(bytes, at);
    this.#depth -= 1;
    return this.#depth === 0 ? DONE : AFTER;
  }

  #closeString(bytes: Buffer, at: number): number {
    if (!this.#isKey) return AFTER;
    this.#isKey = false;
    if (this.#depth === 1) this.#endName(bytes, at);
    return this.#fault === null ? COLON : WRONG;
  }

  #beginName(from: number): void {
    this.#part = 'name';
    this.#nameBytes = 0;
    this.#from = from;
  }

  #endName(bytes: Buffer, at: number): void {
    this.#keep(bytes, at);
    this.#part = 'none';
    const field = this.#nameBytes > LONGEST_NAME ? undefined : FIELDS.get(this.#name.toString('latin1', 0, this.#nameBytes));
    this.#field = field ?? null;
    if (field === undefined) this.#unknownFields += 1;
    else if (this.#seen.has(field)) this.#fail('given-twice');
    else this.#seen.add(field);
  }

  #beginValue(from: number): void {
    this.#part = 'value';
    if (this.#field !== null) this.#kept.open(this.#field);
    this.#from = from;
  }

  #endField(bytes: Buffer, at: number): void {
    this.#keep(bytes, at);
    this.#kept.close();
    this.#part = 'none';
    this.#field = null;
  }

  /** Keeps what of the stretch was not yet, up to `end`. */
  #keep(bytes: Buffer, end: number): void {
    const from = this.#from;
    this.#from = end;
    if (this.#part === 'name') this.#keepName(bytes, from, end);
    if (this.#part === 'value' && end > from) this.#kept.append(bytes, from, end);
  }

  #keepName(bytes: Buffer, from: number, end: number): void {
    bytes.copy(this.#name, Math.min(this.#nameBytes, LONGEST_NAME), from, end);
    this.#nameBytes += end - from;
  }
}

/** Where in a string the next byte stands that is not simply a part of it. */
function endOfPlain(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === QUOTE || byte === BACKSLASH || byte < FIRST_PRINTABLE) break;
    at += 1;
  }
  return at;
}
