import { crc32 } from 'node:zlib';

/** The values that labels have taken, at most so many of each. Of a value four bytes are kept: two that are alike in these count as one. */
export class LabelValues {
  readonly #maxValues: number;
  readonly #values = new Map<string, Set<number>>();

  /** `maxValues`: 0 is no limit, and counts nothing. */
  constructor(maxValues: number) {
    this.#maxValues = maxValues;
  }

  /** Whether a label may have a value: it has had it, or there is room for one more. */
  allows(name: string, value: string): boolean {
    const values = this.#values.get(name);
    return this.#maxValues === 0 || values === undefined || values.size < this.#maxValues || values.has(crc32(value));
  }

  /** Counts a value, as long as there is room. */
  add(name: string, value: string): void {
    if (this.#maxValues === 0 || !this.allows(name, value)) return;
    this.#values.getOrInsertComputed(name, () => new Set()).add(crc32(value));
  }

  get names(): Iterable<string> {
    return this.#values.keys();
  }

  count(name: string): number {
    return this.#values.get(name)?.size ?? 0;
  }
}
