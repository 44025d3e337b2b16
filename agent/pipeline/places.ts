import type { Lane } from '../deliver/lane.ts';
import type { Route } from '../deliver/output.ts';
import { type Lanes, Place } from './place.ts';

/** From so many on, those are forgotten where nothing of the source is. */
const MANY = 64;

/** All places that a source writes to: one for each channel, and those that its entries name. */
export class Places<R extends Route> {
  readonly #lanes: Lanes<R>;
  /** Those of all routes that entries went to; they stay, since routes are kept elsewhere. */
  readonly #used = new Set<Lane<R>>();
  readonly #byRoute = new Map<R, Place<R>>();
  #all: Place<R>[] = [];
  #routes: readonly R[] = [];
  #byChannel: readonly Place<R>[] = [];
  #last: Place<R> | null = null;
  #sweepAt = MANY;

  constructor(lanes: Lanes<R>) {
    this.#lanes = lanes;
  }

  /** The lanes of these routes, once they are known, and of all others that entries went to. */
  lanesFor(routes: { readonly known: boolean; readonly byChannel: readonly R[] }): ReadonlySet<Lane<R>> {
    if (routes.known) this.of(routes.byChannel);
    return this.#used;
  }

  /** Those of these routes, one for each channel. */
  of(routes: readonly R[]): readonly Place<R>[] {
    if (routes !== this.#routes) {
      this.#routes = routes;
      this.#byChannel = routes.map((route) => this.at(route));
    }
    return this.#byChannel;
  }

  at(route: R): Place<R> {
    if (this.#last?.route !== route) this.#last = this.#byRoute.get(route) ?? this.#add(route);
    return this.#last;
  }

  #add(route: R): Place<R> {
    if (this.#all.length >= this.#sweepAt) this.#sweep();
    const place = new Place(route, this.#lanes.laneOf(route));
    this.#used.add(place.lane);
    this.#byRoute.set(route, place);
    this.#all.push(place);
    return place;
  }

  #sweep(): void {
    for (const place of this.#all) if (place.idle && !this.#byChannel.includes(place)) this.#byRoute.delete(place.route);
    this.#all = [...this.#byRoute.values()];
    this.#sweepAt = Math.max(MANY, this.#all.length * 2);
  }

  /** What was read of a stream is sealed and has to wait: more of it would only wait in memory. Asked for with every line. */
  get waiting(): boolean {
    const all = this.#all;
    for (let i = 0; i < all.length; i += 1) if (all[i]!.route.stream.waiting) return true;
    return false;
  }

  /**
   * The next entry is not to be taken: the lane of the last one is full, or another one that still has entries of the source. Where the
   * next one goes is not known before it is read, so that one entry may go into a lane that is full. Asked for with every line, after `of`.
   */
  get full(): boolean {
    return this.#last!.lane.full || (this.#used.size > 1 && this.#isHeldUp());
  }

  /** Likewise, of a source with these routes by channel, wherever it has sent before. */
  fullFor(routes: readonly R[]): boolean {
    this.of(routes);
    return this.full;
  }

  #isHeldUp(): boolean {
    const all = this.#all;
    for (let i = 0; i < all.length; i += 1) if (all[i]!.lane.full && !all[i]!.idle) return true;
    return false;
  }
}
