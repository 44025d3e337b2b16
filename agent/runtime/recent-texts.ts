const SLOTS = 256;
/** Longer runs are made anew: they seldom come again. */
const MOST_BYTES = 24;

/**
 * Remembers what was made of short runs of bytes, so that a text that comes with every other line, like a level, is made once: the same
 * bytes give the same string, and what looks it up need not hash it again. Two that fall into one slot drive each other out.
 */
export class RecentTexts<Text extends string | null> {
  readonly #make: (bytes: Buffer, start: number, end: number) => Text;
  readonly #bytes = Buffer.alloc(SLOTS * MOST_BYTES);
  /** Of the run in each slot; 0: it is empty. */
  readonly #lengths = new Uint8Array(SLOTS);
  readonly #texts: Text[] = [];

  /** `make`: what `bytes[start, end)` stand for, and nothing else. */
  constructor(make: (bytes: Buffer, start: number, end: number) => Text) {
    this.#make = make;
  }

  /** What `bytes[start, end)` stand for. */
  of(bytes: Buffer, start: number, end: number): Text {
    const length = end - start;
    if (length > MOST_BYTES || length === 0) return this.#make(bytes, start, end);
    const slot = hash(bytes, start, length) % SLOTS;
    return this.#holds(slot, bytes, start, length) ? this.#texts[slot]! : this.#fill(slot, bytes, start, end);
  }

  #holds(slot: number, bytes: Buffer, start: number, length: number): boolean {
    if (this.#lengths[slot] !== length) return false;
    const known = this.#bytes;
    for (let i = 0, at = slot * MOST_BYTES; i < length; i += 1, at += 1) if (known[at] !== bytes[start + i]) return false;
    return true;
  }

  #fill(slot: number, bytes: Buffer, start: number, end: number): Text {
    for (let i = start, at = slot * MOST_BYTES; i < end; i += 1, at += 1) this.#bytes[at] = bytes[i]!;
    this.#lengths[slot] = end - start;
    this.#texts[slot] = this.#make(bytes, start, end);
    return this.#texts[slot];
  }
}

/** Of a few bytes; quotes stand at the ends of many runs. */
function hash(bytes: Buffer, start: number, length: number): number {
  const inset = length > 2 ? 1 : 0;
  return length * 31 + bytes[start + inset]! * 7 + bytes[start + (length >> 1)]! * 17 + bytes[start + length - 1 - inset]! * 13;
}
