/** More than there are objects that come again and again. */
const KNOWN = 16;

/** What was made of the objects that came last: where few come again and again, nothing is made for most of them. */
export class RecentValues<K extends object, V> {
  readonly #make: (key: K) => V;
  readonly #keys: K[] = [];
  readonly #values: V[] = [];
  #oldest = 0;
  /** Where the last one was found: the next one is often the same. */
  #last = 0;

  constructor(make: (key: K) => V) {
    this.#make = make;
  }

  of(key: K): V {
    if (this.#keys[this.#last] !== key) this.#last = this.#find(key);
    return this.#values[this.#last]!;
  }

  #find(key: K): number {
    const known = this.#keys.indexOf(key);
    if (known !== -1) return known;
    const at = this.#oldest;
    this.#keys[at] = key;
    this.#values[at] = this.#make(key);
    this.#oldest = (at + 1) % KNOWN;
    return at;
  }
}
