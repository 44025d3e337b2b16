type Texts = Readonly<Record<string, string>>;

/** Reads annotations of a pod, and remembers which have been asked for. */
export class AnnotationReader {
  readonly #annotations: Texts;
  readonly #understood = new Set<string>();
  readonly #faulty = new Set<string>();

  constructor(annotations: Texts) {
    this.#annotations = annotations;
  }

  /**
   * What the first of these annotations says that is there and makes sense to `read`; null when none does. Those that make no sense are
   * faulty, whether or not one before them holds.
   */
  read<Value>(names: readonly string[], read: (text: string) => Value | null): Value | null {
    let first: Value | null = null;
    for (const name of names) {
      const text = this.#annotations[name];
      if (text === undefined) continue;
      const value = read(text);
      if (value === null) this.#faulty.add(name);
      else if (first === null) this.#understood.add(name);
      first ??= value;
    }
    return first;
  }

  /** The names of all annotations that begin like this. */
  beginning(beginning: string): string[] {
    return Object.keys(this.#annotations).filter((name) => name.startsWith(beginning));
  }

  /** The annotations that hold: as much as is needed to read the same again. */
  get understood(): Texts {
    return Object.fromEntries([...this.#understood].map((name) => [name, this.#annotations[name]!]));
  }

  get faulty(): readonly string[] {
    return [...this.#faulty];
  }
}
