/** Names that stages give to values, each with a slot of its own, so that an entry keeps them in an array. They are found while stages are built. */
export class Names {
  readonly #slots = new Map<string, number>();

  /** Where the value of this name stands. */
  slotOf(name: string): number {
    return this.#slots.getOrInsertComputed(name, () => this.#slots.size);
  }

  has(name: string): boolean {
    return this.#slots.has(name);
  }

  /** In the order of their slots. */
  get list(): readonly string[] {
    return [...this.#slots.keys()];
  }
}
