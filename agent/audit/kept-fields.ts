import { GrowingBuffer } from '../runtime/growing-buffer.ts';
import type { EventField, EventValues } from './event-fields.ts';

/** What goes first when an event does not fit; then whatever field it is that does not. */
const LEAST_NEEDED: readonly EventField[] = ['responseObject', 'requestObject', 'annotations'];

/** The fields of one event, in the order they come in, in a bounded number of bytes: fields are left out until the others fit. */
export class KeptFields {
  readonly #mostBytes: number;
  readonly #kept = new GrowingBuffer();
  /** Where fields that are complete lie. */
  readonly #places = new Map<EventField, { start: number; end: number }>();
  readonly #leftOut = new Set<EventField>();
  /** The field that comes in, from `#start` on. */
  #open: EventField | null = null;
  #start = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Fields that did not fit. */
  get leftOut(): ReadonlySet<EventField> {
    return this.#leftOut;
  }

  /** Fields that are complete; they hold until the next call of `reset`. */
  values(): EventValues {
    const values: EventValues = new Map();
    for (const [field, { start, end }] of this.#places) values.set(field, this.#kept.bytes.subarray(start, end));
    return values;
  }

  reset(): void {
    this.#kept.length = 0;
    this.#places.clear();
    this.#leftOut.clear();
    this.#open = null;
  }

  open(field: EventField): void {
    this.#open = field;
    this.#start = this.#kept.length;
  }

  /** Takes bytes of the open field; without one, they are not kept. */
  append(bytes: Buffer, from: number, end: number): void {
    if (this.#open !== null) this.#makeRoom(end - from);
    if (this.#open === null) return;
    this.#kept.reserve(end - from);
    this.#kept.length += bytes.copy(this.#kept.bytes, this.#kept.length, from, end);
  }

  close(): void {
    if (this.#open !== null) this.#places.set(this.#open, { start: this.#start, end: this.#kept.length });
    this.#open = null;
  }

  leaveOutOpen(): void {
    if (this.#open === null) return;
    this.#leftOut.add(this.#open);
    this.#kept.length = this.#start;
    this.#open = null;
  }

  /** Leaves fields out until there is room for `more` bytes, or the field is gone that they belong to. */
  #makeRoom(more: number): void {
    for (const field of LEAST_NEEDED) {
      if (this.#kept.length + more <= this.#mostBytes || this.#open === null) return;
      if (this.#open === field) this.leaveOutOpen();
      else if (this.#places.has(field)) this.#leaveOut(field);
    }
    if (this.#kept.length + more > this.#mostBytes) this.leaveOutOpen();
  }

  /** Closes the hole that a complete field leaves. */
  #leaveOut(field: EventField): void {
    this.#leftOut.add(field);
    const { start, end } = this.#places.get(field)!;
    this.#places.delete(field);
    const hole = end - start;
    this.#kept.bytes.copyWithin(start, end, this.#kept.length);
    this.#kept.length -= hole;
    this.#start -= hole;
    for (const place of this.#places.values()) {
      if (place.start < end) continue;
      place.start -= hole;
      place.end -= hole;
    }
  }
}
