import type { Route } from '../deliver/output.ts';
import { MAX_LABELS, type StreamIdentity } from '../model/labels.ts';
import type { Entry } from '../process/entry.ts';

/** Loki does not count it against the limit. */
const UNCOUNTED = 'service_name';
/** Where values of labels have so many combinations, routes are made anew rather than kept. */
const MOST_ROUTES = 4096;

interface LabelRoutesParts<R extends Route> {
  /** Names of the labels that stages may change, by their slot. */
  readonly names: readonly string[];
  /** What the entries have before the stages. */
  readonly identity: StreamIdentity;
  readonly routeOf: (identity: StreamIdentity) => R;
  /** Whether a value that lines have may be a label. */
  readonly admits: (name: string, value: string) => boolean;
}

/** What entries go on to that were alike in the labels before this one, by the value of this one; null: without it. */
interface Branch<R> {
  readonly next: Map<string | null, Branch<R>>;
  route: R | null;
}

/**
 * The routes of one channel of a source whose stages change labels: one for each combination of values. A value that may not be a label, or for
 * which the store has no room, becomes metadata of the same name.
 */
export class LabelRoutes<R extends Route> {
  readonly #parts: LabelRoutesParts<R>;
  /** How many of these labels the store takes beside those that no stage changes. */
  readonly #room: number;
  /** Of the entry at hand, by slot. */
  readonly #values: (string | null)[];
  #root: Branch<R> = newBranch();
  #routes = 0;

  constructor(parts: LabelRoutesParts<R>) {
    const { names, identity } = parts;
    this.#parts = parts;
    this.#room = MAX_LABELS - Object.keys(identity.labels).filter((name) => name !== UNCOUNTED && !names.includes(name)).length;
    this.#values = names.map(() => null);
  }

  /** Where an entry goes whose labels stages have set. */
  of(entry: Entry): R {
    const { names } = this.#parts;
    let at = this.#root;
    let room = this.#room;
    for (let slot = 0; slot < names.length; slot += 1) {
      at = this.#step(at, slot, { entry, hasRoom: room > 0 || names[slot] === UNCOUNTED });
      if (this.#values[slot] !== null && names[slot] !== UNCOUNTED) room -= 1;
    }
    return at.route ?? this.#open(at);
  }

  #step(at: Branch<R>, slot: number, { entry, hasRoom }: { entry: Entry; hasRoom: boolean }): Branch<R> {
    const { names, admits, identity } = this.#parts;
    const name = names[slot]!;
    let value = entry.labels[slot] || null;
    const known = hasRoom ? at.next.get(value) : undefined;
    if (known === undefined && value !== null && !(hasRoom && (value === identity.labels[name] || admits(name, value)))) {
      entry.addMetadata(name, value);
      value = null;
    }
    this.#values[slot] = value;
    return known ?? at.next.getOrInsertComputed(value, newBranch<R>);
  }

  #open(at: Branch<R>): R {
    const { names, identity, routeOf } = this.#parts;
    const labels = { ...identity.labels };
    for (const [slot, name] of names.entries()) {
      const value = this.#values[slot]!;
      if (value === null) delete labels[name];
      else labels[name] = value;
    }
    // No store takes a stream without labels: then those of the source stay.
    at.route = routeOf(Object.keys(labels).length === 0 ? identity : { ...identity, labels });
    this.#routes += 1;
    if (this.#routes > MOST_ROUTES) {
      this.#root = newBranch();
      this.#routes = 0;
    }
    return at.route;
  }
}

function newBranch<R>(): Branch<R> {
  return { next: new Map(), route: null };
}
