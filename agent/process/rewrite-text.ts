import type { GrowingBuffer } from '../runtime/growing-buffer.ts';
import type { Entry } from './entry.ts';

/** The most that UTF-8 needs for a unit of UTF-16. */
const MOST_BYTES_A_UNIT = 3;

/** Puts a text in place of the line, as much of it as `maxBytes` hold; `target` is where it stands then. */
export function rewriteText(entry: Entry, text: string, target: GrowingBuffer, maxBytes: number): void {
  const room = Math.min(text.length * MOST_BYTES_A_UNIT, maxBytes);
  target.reserve(room);
  // It writes whole characters only.
  target.length = target.bytes.write(text, 0, room, 'utf8');
  entry.rewrite(target.bytes.subarray(0, target.length));
}
