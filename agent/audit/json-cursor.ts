const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const FIRST_PRINTABLE = 32;
/** Deeper than any object of Kubernetes; encoding/json of Go stops at 10,000. */
const MOST_LEVELS = 1000;
const LITERALS: readonly Buffer[] = ['true', 'false', 'null'].map((text) => Buffer.from(text));

/** Walks over JSON (RFC 8259) in bytes, checks its grammar, and makes nothing of it. UTF-8 is the caller's to check. */
export class JsonCursor {
  readonly bytes: Buffer;
  at = 0;
  #depth = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Moves past white space and `byte`, if that comes next. */
  take(byte: number): boolean {
    this.skipSpace();
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Moves past white space; returns whether all was read. */
  isAtEnd(): boolean {
    this.skipSpace();
    return this.at === this.bytes.length;
  }

  skipSpace(): void {
    for (;;) {
      const byte = this.bytes[this.at];
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return;
      this.at += 1;
    }
  }

  /** Moves past an object, calling `member` behind each key and colon, to move past the value; false: it broke off at `at`. */
  object(member: (keyStart: number, keyEnd: number) => boolean): boolean {
    if (!this.take(OPEN_OBJECT)) return false;
    if (this.take(CLOSE_OBJECT)) return true;
    do {
      this.skipSpace();
      const start = this.at;
      if (!this.string()) return false;
      const end = this.at;
      if (!this.take(COLON) || !member(start + 1, end - 1)) return false;
    } while (this.take(COMMA));
    return this.take(CLOSE_OBJECT);
  }

  /** Moves past an array, calling `item` to move past each of its values; false: it broke off at `at`. */
  array(item: () => boolean): boolean {
    if (!this.take(OPEN_ARRAY)) return false;
    if (this.take(CLOSE_ARRAY)) return true;
    do if (!item()) return false;
    while (this.take(COMMA));
    return this.take(CLOSE_ARRAY);
  }

  /** Moves past any value. */
  value(): boolean {
    this.skipSpace();
    const byte = this.bytes[this.at];
    if (byte === QUOTE) return this.string();
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.#literal() || this.#number();
    if (this.#depth === MOST_LEVELS) return false;
    this.#depth += 1;
    const isWhole = byte === OPEN_OBJECT ? this.object(() => this.value()) : this.array(() => this.value());
    this.#depth -= 1;
    return isWhole;
  }

  string(): boolean {
    if (this.bytes[this.at] !== QUOTE) return false;
    const { bytes } = this;
    for (let at = this.at + 1; at < bytes.length; at += 1) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH) {
        const length = escapeLength(bytes, at);
        if (length === 0) return false;
        at += length - 1;
      } else if (byte === QUOTE) {
        this.at = at + 1;
        return true;
      } else if (byte < FIRST_PRINTABLE) return false;
    }
    return false;
  }

  #number(): boolean {
    this.#takeAny('-', '-');
    if (!this.#takeAny('0', '0') && !this.#digits()) return false;
    if (this.#takeAny('.', '.') && !this.#digits()) return false;
    if (!this.#takeAny('e', 'E')) return true;
    this.#takeAny('+', '-');
    return this.#digits();
  }

  #digits(): boolean {
    const start = this.at;
    while (isDigit(this.bytes[this.at])) this.at += 1;
    return this.at > start;
  }

  #takeAny(one: string, other: string): boolean {
    const byte = this.bytes[this.at];
    if (byte !== one.charCodeAt(0) && byte !== other.charCodeAt(0)) return false;
    this.at += 1;
    return true;
  }

  #literal(): boolean {
    const { bytes, at } = this;
    const literal = LITERALS.find(
      (text) => at + text.length <= bytes.length && bytes.compare(text, 0, text.length, at, at + text.length) === 0,
    );
    this.at += literal?.length ?? 0;
    return literal !== undefined;
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** Bytes of the escape at `at`; 0: it is none. */
function escapeLength(bytes: Buffer, at: number): number {
  const letter = bytes[at + 1];
  if (letter !== 117) return letter !== undefined && '"\\/bfnrt'.includes(String.fromCharCode(letter)) ? 2 : 0;
  for (let i = at + 2; i < at + 6; i += 1) {
    const low = (bytes[i] ?? 0) | 32;
    if (!isDigit(bytes[i]) && (low < 97 || low > 102)) return 0;
  }
  return 6;
}
