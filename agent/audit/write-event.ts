import { GrowingBuffer } from '../runtime/growing-buffer.ts';
import { EVENT_FIELDS, EVENT_START, type EventValues } from './event-fields.ts';
import { recordOf } from './event-head.ts';
import { goJson } from './go-json.ts';

/** Annotations that say what of an event is missing; an audit event's own are of the same map. */
export type Markers = Map<`logferry.io/${'removed' | 'truncated' | 'unparsable'}`, string>;

const PREFIXES = EVENT_FIELDS.map((field) => [field, Buffer.from(`,"${field}":`)] as const);
const END = 125;

/** Puts markers behind the annotations that there are, in place of those of the same name. */
export function annotate(values: EventValues, markers: Markers): void {
  if (markers.size === 0) return;
  const own = Object.entries(recordOf(values, 'annotations')).filter(([name]) => !(markers as ReadonlyMap<string, string>).has(name));
  values.set('annotations', Buffer.from(goJson(Object.fromEntries([...own, ...markers]))));
}

/** How many bytes `writeEvent` makes. */
export function writtenBytes(values: EventValues): number {
  let sum = EVENT_START.length + 1;
  for (const [field, value] of values) if (field !== 'kind' && field !== 'apiVersion') sum += field.length + 4 + value.length;
  return sum;
}

/** Writes an event as the API server does: kind and apiVersion, then its other fields in their order. Fills `target` from its beginning. */
export function writeEvent(values: EventValues, target: GrowingBuffer): Buffer {
  target.length = 0;
  append(target, EVENT_START);
  for (const [field, prefix] of PREFIXES) {
    const value = field === 'kind' || field === 'apiVersion' ? undefined : values.get(field);
    if (value === undefined) continue;
    append(target, prefix);
    append(target, value);
  }
  target.reserve(1);
  target.bytes[target.length] = END;
  target.length += 1;
  return target.bytes.subarray(0, target.length);
}

function append(target: GrowingBuffer, bytes: Buffer): void {
  target.reserve(bytes.length);
  target.length += bytes.copy(target.bytes, target.length);
}
