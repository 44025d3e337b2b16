import type { Route } from '../deliver/output.ts';
import type { Claim } from './claim.ts';

/** Where entries of a source go, and what the source has there in the open batch. */
export class Place<R extends Route> {
  readonly route: R;
  /** The batch that its last entry went into; null before the first. Identity tells whether that is still open. */
  share: object | null = null;
  /** What the source has in it. */
  claim: Claim | null = null;

  constructor(route: R) {
    this.route = route;
  }

  /** Nothing of the source waits there: it may be forgotten. */
  get idle(): boolean {
    const { stream } = this.route;
    return !stream.waiting && stream.share !== this.share;
  }
}
