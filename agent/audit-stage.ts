import { eventDigest } from './audit/event-digest.ts';
import type { SeenEvents } from './audit/seen-events.ts';
import type { RecordView } from './model/record.ts';
import type { Stage } from './process/stage.ts';

/** Stops what the decoder says is not wanted, and events that were `seen`; null: every event comes one way only. */
export function auditStage(decoder: { readonly isWanted: boolean }, seen: SeenEvents | null): Stage {
  return { apply: ({ view }) => decoder.isWanted && (seen === null || isFirst(seen, view)) };
}

/**
 * An entry that the last stage lets pass is taken by the lane, or refused and accounted for, before anything else happens: room for it was
 * found before it was decoded. So it may be added here.
 */
function isFirst(seen: SeenEvents, { buffer, start, end, seconds, nanos }: RecordView): boolean {
  const digest = eventDigest(buffer.subarray(start, end), seconds, nanos);
  if (seen.has(digest)) return false;
  seen.add(digest);
  return true;
}
