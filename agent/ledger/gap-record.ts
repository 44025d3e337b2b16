import type { Gap } from '../model/gap.ts';
import type { Time } from '../model/position.ts';
import type { RecordView } from '../model/record.ts';
import { rfc3339 } from '../runtime/civil-time.ts';

const NANOS_PER_SECOND = 1_000_000_000;

/** Why, in the words of a reader of the log. */
const CAUSES: Partial<Record<Gap['reason'], string>> = {
  deleted_unread: 'deleted before they were read',
  truncated: 'cut off before they were read',
  held_too_long: 'deleted, and given up unread when limits.deleted_bytes was used up',
  damaged: 'lost in a damaged compressed file',
  over_limit: 'dropped, since more was written than a rule of limits.rules lets through',
  unreadable: 'deleted, after the disk had failed to give them',
};

/** A gap, and the newest time read before it and the first one after it, where there are such. */
export interface DatedGap extends Gap {
  readonly from: Time | null;
  readonly until: Time | null;
}

/**
 * Fills `view` with the entry that says in the stream itself what is missing from it, `at` the given time. Its metadata `gap`
 * tells it from a line that only looks like one: no container can write metadata.
 */
export function fillGapRecord(view: RecordView, gap: DatedGap, at: Time): void {
  const { reason, bytes, lines, from, until } = gap;
  const text = Buffer.from(`logferry: ${amountOf(gap)} of this log ${lines === 1 ? 'is' : 'are'} missing${rangeOf(gap)}: ${causeOf(gap)}`);
  view.buffer = text;
  view.start = 0;
  view.end = text.length;
  view.partial = false;
  [view.seconds, view.nanos] = at;
  view.metadata = [
    ['gap', reason],
    ['gap_bytes', String(bytes)],
    ...(lines === null ? [] : [['gap_lines', String(lines)] as const]),
    ...(from === null ? [] : [['gap_from', rfc3339(from)] as const]),
    ...(until === null ? [] : [['gap_until', rfc3339(until)] as const]),
  ];
}

function amountOf({ bytes, lines }: Gap): string {
  if (lines !== null) return lines === 1 ? '1 line' : `${lines} lines`;
  return bytes === 0 ? 'an unknown number of bytes' : `${bytes} bytes at least`;
}

function rangeOf({ from, until }: DatedGap): string {
  if (from === null) return until === null ? '' : ` before ${rfc3339(until)}`;
  return until === null ? ` after ${rfc3339(from)}` : ` between ${rfc3339(from)} and ${rfc3339(until)}`;
}

function causeOf({ reason }: Gap): string {
  return CAUSES[reason] ?? `refused (${reason}), see the dead letters`;
}

/** The moment after a time. */
export function justAfter([seconds, nanos]: Time): Time {
  return nanos + 1 === NANOS_PER_SECOND ? [seconds + 1, 0] : [seconds, nanos + 1];
}
