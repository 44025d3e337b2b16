import type { Route } from '../deliver/output.ts';
import { Place } from './place.ts';

/** From so many on, those are forgotten where nothing of the source is. */
const MANY = 64;

/** All places that a source writes to: one for each channel, and those that its entries name. */
export class Places<R extends Route> {
  readonly #byRoute = new Map<R, Place<R>>();
  #all: Place<R>[] = [];
  #routes: readonly R[] = [];
  #byChannel: readonly Place<R>[] = [];
  #last: Place<R> | null = null;
  #sweepAt = MANY;

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
    const place = new Place(route);
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
}
