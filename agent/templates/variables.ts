import { TemplateFault } from './template-fault.ts';

/** The names that a template knows where it is being read: of the values that it is given, and of what it puts aside. */
export class Variables {
  readonly #fields = new Map<string, number>();
  readonly #declared: { readonly name: string; readonly slot: number }[] = [];
  #slots = 0;

  /** Where the value of a field stands. */
  field(name: string): number {
    return this.#fields.getOrInsertComputed(name, () => this.#fields.size);
  }

  get fields(): readonly string[] {
    return [...this.#fields.keys()];
  }

  /** A place for a value, under a name from here to the end of the block. */
  declare(name: string): number {
    const slot = this.#slots;
    this.#slots += 1;
    this.#declared.push({ name, slot });
    return slot;
  }

  /** The place of the value that was put aside last under a name. */
  slotOf(name: string): number {
    const found = this.#declared.findLast((variable) => variable.name === name);
    if (found === undefined) throw new TemplateFault(`${name} is not known here, write ${name} := and its value before`);
    return found.slot;
  }

  /** What is declared while `read` runs is known no longer after that. */
  within<Result>(read: () => Result): Result {
    const before = this.#declared.length;
    const result = read();
    this.#declared.length = before;
    return result;
  }
}
