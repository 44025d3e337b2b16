import type { Lane } from '../deliver/lane.ts';
import type { Route } from '../deliver/output.ts';
import type { Channel } from '../model/record.ts';
import type { LineTable } from '../runtime/line-table.ts';
import type { Claim } from './claim.ts';

/** Knows which lane takes the entries of a route. */
export interface Lanes<R extends Route> {
  laneOf(route: R): Lane<R>;
}

/** Where entries of a source go, and what the source has there in the open batch. */
export class Place<R extends Route> {
  readonly route: R;
  readonly lane: Lane<R>;
  /** The batch that its last entry went into; null before the first. Identity tells whether that is still open. */
  share: object | null = null;
  /** What the source has in it. */
  claim: Claim | null = null;

  constructor(route: R, lane: Lane<R>) {
    this.route = route;
    this.lane = lane;
  }

  /** Nothing of the source waits there: it may be forgotten. */
  get idle(): boolean {
    const { stream } = this.route;
    return !stream.waiting && (this.share === null || stream.share !== this.share);
  }
}

/** Counts the lines of a table to what the source has in the batches that they go into; by channel. */
export function claimLines<R extends Route>(places: readonly Place<R>[], channel: Channel, table: LineTable): void {
  if (table.linesOf(channel) > 0) places[channel]!.claim!.add(table.recordBytesOf(channel));
}
