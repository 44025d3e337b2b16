import type { StreamIdentity } from '../model/labels.ts';
import type { LaneState } from './circuit.ts';
import type { Lane } from './lane.ts';
import type { Route } from './output.ts';

/** Why the entries of a tenant go as those of the output itself. */
type Fallback = 'not_allowed' | 'too_many';

export interface LaneSetParts<R extends Route> {
  /** Builds the lane of a tenant; null: of none. */
  readonly make: (tenant: string | null) => Lane<R>;
  /** The tenant of whatever nobody gives another one. */
  readonly own: string | null;
  readonly allows: (tenant: string) => boolean;
  /** How many there may be, that of the output's own tenant included. */
  readonly most: number;
  /** The lanes that open sources send to; asked where one is to go. */
  readonly inUse: () => ReadonlySet<Lane<R>>;
  /** Hears of each entry or log that asked for a tenant in vain. */
  readonly onFallback: (tenant: string, why: Fallback) => void;
}

/**
 * The lanes of one output, one for each tenant that it sends as: queue, backoff and circuit of a tenant are its own, so that one that the
 * store is not taking anything of holds up nobody but itself. They are made when they are first asked for, and one that is idle makes room.
 */
export class LaneSet<R extends Route> implements AsyncDisposable {
  readonly own: Lane<R>;
  readonly #parts: LaneSetParts<R>;
  readonly #lanes = new Map<string | null, Lane<R>>();
  readonly #ofStream = new WeakMap<R['stream'], Lane<R>>();
  readonly #ending = new Set<Promise<void>>();
  #isStarted = false;

  constructor(parts: LaneSetParts<R>) {
    this.#parts = parts;
    this.own = this.#add(parts.own);
  }

  /** By tenant. */
  get all(): ReadonlyMap<string | null, Lane<R>> {
    return this.#lanes;
  }

  /** Those that have been tried, if any have: of a tenant that has nothing to say nobody knows whether it could. */
  get states(): { readonly tenant: string | null; readonly state: LaneState }[] {
    const states = [...this.#lanes].map(([tenant, { state }]) => ({ tenant, state }));
    const tried = states.filter(({ state }) => state !== 'untried');
    return tried.length === 0 ? states : tried;
  }

  start(): void {
    this.#isStarted = true;
    for (const lane of this.#lanes.values()) lane.start();
  }

  /** As which tenant entries go that ask for one, null for those that ask for none: that, unless it may not be or is one too many. */
  tenantFor(asked: string | null): string | null {
    const { own, allows, onFallback } = this.#parts;
    if (asked === null || this.#lanes.has(asked)) return asked ?? own;
    const why = !allows(asked) ? 'not_allowed' : this.#hasRoom() ? null : 'too_many';
    if (why !== null) {
      onFallback(asked, why);
      return own;
    }
    this.#add(asked);
    return asked;
  }

  /** The route of entries of a tenant that `tenantFor` has said; equal labels of two tenants are two streams. */
  route(tenant: string | null, identity: StreamIdentity): R {
    const lane = this.#lanes.get(tenant)!;
    const route = lane.route(identity);
    this.#ofStream.set(route.stream, lane);
    return route;
  }

  /** The lane of a route, which is that of its stream for good. */
  laneOf({ stream }: R): Lane<R> {
    return this.#ofStream.get(stream)!;
  }

  #add(tenant: string | null): Lane<R> {
    const lane = this.#parts.make(tenant);
    this.#lanes.set(tenant, lane);
    if (this.#isStarted) lane.start();
    return lane;
  }

  #hasRoom(): boolean {
    const { most, inUse } = this.#parts;
    if (this.#lanes.size < most) return true;
    const used = inUse();
    for (const [tenant, lane] of this.#lanes) {
      if (lane === this.own || lane.heldBytes > 0 || used.has(lane)) continue;
      this.#lanes.delete(tenant);
      this.#end(lane);
      return true;
    }
    return false;
  }

  #end(lane: Lane<R>): void {
    const ending = lane[Symbol.asyncDispose]().then(() => void this.#ending.delete(ending));
    this.#ending.add(ending);
  }

  /** Of a number that each lane tells, the sum. */
  sum(numberOf: (lane: Lane<R>) => number): number {
    return this.#lanes.values().reduce((sum, lane) => sum + numberOf(lane), 0);
  }

  /** Sends what is left and waits until everything is settled or `deadline` aborts. */
  async drain(deadline: AbortSignal): Promise<void> {
    await Promise.all(this.#lanes.values().map((lane) => lane.drain(deadline)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#ending, ...this.#lanes.values().map((lane) => lane[Symbol.asyncDispose]())]);
  }
}
