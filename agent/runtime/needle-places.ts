/** Where in a chunk one of some texts stands next. Each is searched for once from wherever it stood last, whatever the others do. */
export class NeedlePlaces {
  readonly #needles: readonly Buffer[];
  readonly #next: number[];
  #chunk: Buffer | null = null;
  #from = 0;

  constructor(needles: readonly Buffer[]) {
    this.#needles = needles;
    this.#next = needles.map(() => -1);
  }

  /** The first place in the chunk, not before `from`, where one stands; infinite when none does. Within a chunk `from` had better not go back. */
  nextIn(chunk: Buffer, from: number): number {
    if (chunk !== this.#chunk || from < this.#from) {
      this.#chunk = chunk;
      this.#next.fill(-1);
    }
    this.#from = from;
    let first = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#needles.length; i += 1) {
      if (this.#next[i]! < from) this.#next[i] = placeOf(chunk, this.#needles[i]!, from);
      first = Math.min(first, this.#next[i]!);
    }
    return first;
  }
}

function placeOf(chunk: Buffer, needle: Buffer, from: number): number {
  const at = chunk.indexOf(needle, from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}
