const LF = 10;

/**
 * Cuts the body of a watch into its lines, one event each, whatever pieces it comes in. Holds one unfinished line at most, and of that
 * no more than `maxBytes`.
 */
export class EventLines {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Hands on each line that ends in `chunk`; returns false as soon as a line is too long or `take` does. Nothing can be fed then. */
  feed(chunk: Buffer, take: (line: Buffer) => boolean): boolean {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      const line = this.#finish(chunk.subarray(start, end));
      if (line.length > this.#maxBytes || (line.length > 0 && !take(line))) return false;
      start = end + 1;
    }
    return this.#keep(chunk.subarray(start));
  }

  #finish(rest: Buffer): Buffer {
    if (this.#bytes === 0) return rest;
    const line = Buffer.concat([...this.#pieces, rest]);
    this.#pieces = [];
    this.#bytes = 0;
    return line;
  }

  #keep(piece: Buffer): boolean {
    if (piece.length === 0) return true;
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    return this.#bytes <= this.#maxBytes;
  }
}
