const QUOTE = 34;
const BACKSLASH = 92;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const SEPARATORS: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n,:'));
const ENDS: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n,:}]'));
const MOST_LEVELS = 256;

/**
 * Where the values of a JSON text lie: each object, array, key and scalar is a node, in the order in which they begin, so that 0 is the
 * whole; children of an object are key and value in turn. Nothing is decoded, so that what is not changed stays as it is.
 */
export class JsonTape {
  readonly bytes: Buffer;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** The first node behind a node and all that is in it. */
  readonly #behind: number[] = [];

  private constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Of a text that is known to be JSON; null: it is too deep to be looked through. */
  static of(bytes: Buffer): JsonTape | null {
    const tape = new JsonTape(bytes);
    return tape.#fill() ? tape : null;
  }

  start(node: number): number {
    return this.#starts[node]!;
  }

  end(node: number): number {
    return this.#ends[node]!;
  }

  kind(node: number): 'object' | 'array' | 'string' | 'other' {
    const first = this.bytes[this.#starts[node]!];
    if (first === OPENING_BRACE) return 'object';
    if (first === OPENING_BRACKET) return 'array';
    return first === QUOTE ? 'string' : 'other';
  }

  /** What a string says. */
  text(node: number): string {
    const [start, end] = [this.#starts[node]!, this.#ends[node]!];
    const hasEscape = this.bytes.subarray(start, end).includes(BACKSLASH);
    return hasEscape ? (JSON.parse(this.bytes.toString('utf8', start, end)) as string) : this.bytes.toString('utf8', start + 1, end - 1);
  }

  *children(node: number): Generator<number, void> {
    for (let child = node + 1; child < this.#behind[node]!; child = this.#behind[child]!) yield child;
  }

  #fill(): boolean {
    const { bytes } = this;
    const open: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at]!;
      if (SEPARATORS.has(byte)) at += 1;
      else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
        at += 1;
        const node = open.pop()!;
        this.#ends[node] = at;
        this.#behind[node] = this.#starts.length;
      } else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) {
        if (open.push(this.#starts.length) > MOST_LEVELS) return false;
        this.#add(at, at + 1);
        at += 1;
      } else {
        const end = byte === QUOTE ? endOfString(bytes, at) : endOfScalar(bytes, at);
        this.#add(at, end);
        at = end;
      }
    }
    return true;
  }

  #add(start: number, end: number): void {
    this.#starts.push(start);
    this.#ends.push(end);
    this.#behind.push(this.#starts.length);
  }
}

function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfScalar(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && !ENDS.has(bytes[at]!)) at += 1;
  return at;
}
