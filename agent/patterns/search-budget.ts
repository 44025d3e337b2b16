/**
 * How many bytes a search for all matches in one text may look at, when each goes to the end of the text as it may: a text that is nothing but
 * matches would take the square of its length otherwise. 128 matches in 64 KiB; texts up to 4,096 bytes never use it up. The linear engine
 * takes 80 ns a byte.
 */
const MOST_BYTES = 2 ** 23;

/** What is left of that for the text at hand. */
export class SearchBudget {
  #left = MOST_BYTES;

  /** The next text. */
  begin(): void {
    this.#left = MOST_BYTES;
  }

  /** Takes what one more match may look at; false when nothing is left. */
  takes(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }
}
