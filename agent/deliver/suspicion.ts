/** As many answers in the same words make a suspicion; as many beside pushes that were stored make a proof. */
const ANSWERS = 5;

/** `unproven`: it may be the store as well as what is sent to it. */
export type Suspected = 'no' | 'unproven' | 'proven';

/** What the pushes of a lane say of its store. Those of one family, the pieces of a batch, count as one; only its identity matters. */
export class Witnesses {
  /** Pushes of which the store has kept something. */
  stored = 0;
  /** Whose pushes have failed since. */
  readonly #failing = new Set<object>();

  noteStored(): void {
    this.stored += 1;
    this.#failing.clear();
  }

  noteFailed(family: object): void {
    this.#failing.add(family);
  }

  /** Whether nothing was stored since a push of another family failed. */
  othersFail(family: object): boolean {
    return this.#failing.size > (this.#failing.has(family) ? 1 : 0);
  }
}

/**
 * Whether a store that fails over a batch does so because of what is in it (a poison pill: Loki answers 500 to some entries for ever).
 * The same words time after time make it likely; only pushes that were stored meanwhile tell it from a store that is ill.
 */
export class Suspicion {
  #text: string | null = null;
  /** How many pushes had been stored when these words were first heard. */
  #storedBefore = 0;
  #answers = 0;
  #proofs = 0;

  /** That of a piece: it has to be confirmed, while what is known of the store remains. */
  ofPiece(): Suspicion {
    const suspicion = new Suspicion();
    suspicion.#text = this.#text;
    suspicion.#storedBefore = this.#storedBefore;
    return suspicion;
  }

  /** Notes that the store has failed over the batch, in these words. */
  note(text: string, witnesses: Witnesses, family: object): Suspected {
    if (text !== this.#text) {
      this.#text = text;
      this.#storedBefore = witnesses.stored;
      this.#answers = 0;
      this.#proofs = 0;
    }
    if (witnesses.stored > this.#storedBefore && !witnesses.othersFail(family)) this.#proofs += 1;
    else this.#answers += 1;
    if (this.#proofs >= ANSWERS) return 'proven';
    return this.#answers >= ANSWERS ? 'unproven' : 'no';
  }
}
