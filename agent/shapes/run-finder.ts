import { type ByteClass, skip } from './byte-class.ts';

/**
 * Finds stretches of at least `least` bytes of one class. Only every `least`-th byte is looked at until one of the class is met: a
 * stretch that is long enough cannot lie between two of them.
 */
export class RunFinder {
  readonly #bytes: ByteClass;
  readonly #least: number;

  constructor(bytes: ByteClass, least: number) {
    this.#bytes = bytes;
    this.#least = least;
  }

  /** Where the next stretch at or behind `from` begins, -1 when there is none. Looks no further into it than it must. */
  next(line: Buffer, from: number): number {
    const bytes = this.#bytes;
    const least = this.#least;
    const { length } = line;
    for (let probe = from + least - 1; probe < length; probe += least) {
      if (bytes[line[probe]!] === 0) continue;
      let start = probe;
      while (start > from && bytes[line[start - 1]!] === 1) start -= 1;
      const enough = start + least;
      if (enough > length) return -1;
      let end = probe + 1;
      while (end < enough && bytes[line[end]!] === 1) end += 1;
      if (end >= enough) return start;
      probe = end;
    }
    return -1;
  }

  /** Where the stretch ends that `at` is in. */
  endOf(line: Buffer, at: number): number {
    return skip(line, at, this.#bytes);
  }
}
