import assert from 'node:assert';

/** Words of a digest that are kept: 128 bits, of which two events have the same by no accident. */
const WORDS = 4;

/**
 * The events that were sent last, so that those which come by another way as well, from file and webhook or from two receivers, are sent
 * once. Remembers at least the `capacity` last ones, at most twice as many, in memory that is taken once and never grows.
 *
 * An event is known by a digest of all that is sent of it, and not by its `auditID` and `stage`: a client may choose the id of its request
 * (header Audit-ID; apiserver: pkg/endpoints/filters/audit_init.go), and could otherwise have its second request pass for its first.
 *
 * Nothing is lost by leaving the second copy out, and settling it at once, even by a crash at any moment:
 * - An event is added when its first copy was taken by the lane. From then on the process holds that copy until it is stored or accounted
 *   for, or ends.
 * - When it ends before, the position of the source that the first copy came from is still before it (I1), and the memory is
 *   gone: the next run reads the first copy again, whatever has become of the position of the other source.
 * - When the first copy was stored and the process ends before the second was read, the second is sent as well. It is byte-equal, with
 *   equal labels and time, and the store removes it (I9).
 * What remains: a first copy that is neither stored nor on disk any more after a crash is a loss of its source, counted there.
 */
export class SeenEvents {
  readonly #capacity: number;
  readonly #slots: number;
  /** Open addressing; an empty place has a zero for its first word. */
  #young: Uint32Array;
  #old: Uint32Array;
  #count = 0;

  /** Takes 43 to 86 bytes of memory for each of `capacity`. */
  constructor(capacity: number) {
    assert(capacity > 0, 'no room for any event');
    this.#capacity = capacity;
    this.#slots = 2 ** Math.ceil(Math.log2((capacity * 4) / 3 + 1));
    this.#young = new Uint32Array(this.#slots * WORDS);
    this.#old = new Uint32Array(this.#slots * WORDS);
  }

  /** `digest`: 16 bytes of a cryptographic hash, or more. */
  has(digest: Buffer): boolean {
    return isTaken(this.#young, this.#placeOf(this.#young, digest)) || isTaken(this.#old, this.#placeOf(this.#old, digest));
  }

  /** To be called once the lane has taken the event, and not when it had no room. */
  add(digest: Buffer): void {
    if (this.has(digest)) return;
    if (this.#count === this.#capacity) this.#age();
    const place = this.#placeOf(this.#young, digest);
    this.#young[place] = firstWord(digest);
    for (let word = 1; word < WORDS; word += 1) this.#young[place + word] = digest.readUInt32LE(word * 4);
    this.#count += 1;
  }

  #age(): void {
    const emptied = this.#old.fill(0);
    this.#old = this.#young;
    this.#young = emptied;
    this.#count = 0;
  }

  /** Where the digest is, or would be put: a quarter of all places is always empty. */
  #placeOf(table: Uint32Array, digest: Buffer): number {
    const first = firstWord(digest);
    for (let slot = first & (this.#slots - 1); ; slot = (slot + 1) & (this.#slots - 1)) {
      const place = slot * WORDS;
      if (table[place] === 0 || (table[place] === first && hasRest(table, place, digest))) return place;
    }
  }
}

function isTaken(table: Uint32Array, place: number): boolean {
  return table[place] !== 0;
}

/** Never zero. */
function firstWord(digest: Buffer): number {
  return digest.readUInt32LE(0) || 1;
}

function hasRest(table: Uint32Array, place: number, digest: Buffer): boolean {
  for (let word = 1; word < WORDS; word += 1) if (table[place + word] !== digest.readUInt32LE(word * 4)) return false;
  return true;
}
