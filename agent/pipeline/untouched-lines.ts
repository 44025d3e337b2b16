import { NeedlePlaces } from '../runtime/needle-places.ts';

/** What is done with the entries of a source. */
interface Touching {
  readonly needles: readonly Buffer[] | null;
}

/** Tells how many lines of a chunk come before the first that something may have to be done with. */
export class UntouchedLines {
  #searched: { readonly touching: Touching; readonly places: NeedlePlaces } | null = null;

  /** Where in the chunk such lines end that begin at `from`; infinite when all are. `touching`: null where nothing is done with any. */
  endIn(chunk: Buffer, from: number, touching: Touching | null): number {
    if (touching === null) return Number.POSITIVE_INFINITY;
    if (touching.needles === null) return from;
    if (touching !== this.#searched?.touching) this.#searched = { touching, places: new NeedlePlaces(touching.needles) };
    return this.#searched.places.nextIn(chunk, from);
  }
}
