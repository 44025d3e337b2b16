const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const COLON = 58;
const MINUS = 45;
const ZERO = 48;
const LOWER_U = 117;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const SPACE = 32;
/** Deeper than any object of Kubernetes; encoding/json of Go stops at 10,000. */
const MOST_LEVELS = 1000;
const LITERALS: readonly Buffer[] = ['true', 'false', 'null'].map((text) => Buffer.from(text));
const SHORT_ESCAPES: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrt'));

/** Walks over JSON (RFC 8259) in bytes, checks its grammar, and makes nothing of it. UTF-8 is the caller's to check. */
export class JsonCursor {
  bytes: Buffer;
  at: number;
  /** Nothing at it or behind it is looked at. */
  end: number;
  /** Whether the string that was read last has escapes. */
  hasEscapes = false;
  #depth = 0;
  readonly #anyItem = (): boolean => this.value();

  /** At the beginning of all of `bytes`. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  /** Goes to the beginning of the text `bytes[start, end)`. */
  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.#depth = 0;
  }

  /** Moves past white space and `byte`, if that comes next. */
  take(byte: number): boolean {
    const { at } = this;
    // Nearly all JSON in logs has no white space.
    if (at >= this.end || this.bytes[at] !== byte) return this.#takeBehindSpace(byte);
    this.at = at + 1;
    return true;
  }

  #takeBehindSpace(byte: number): boolean {
    this.skipSpace();
    if (this.at >= this.end || this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Moves past white space; returns whether all was read. */
  isAtEnd(): boolean {
    this.skipSpace();
    return this.at === this.end;
  }

  skipSpace(): void {
    while (this.at < this.end && isSpace(this.bytes[this.at]!)) this.at += 1;
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
    if (this.at >= this.end) return false;
    const byte = this.bytes[this.at]!;
    if (byte === QUOTE) return this.string();
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return isDigit(byte) || byte === MINUS ? this.#number() : this.#literal();
    if (this.#depth === MOST_LEVELS) return false;
    this.#depth += 1;
    const isWhole = byte === OPEN_OBJECT ? this.object(this.#anyItem) : this.array(this.#anyItem);
    this.#depth -= 1;
    return isWhole;
  }

  string(): boolean {
    const { bytes, end } = this;
    if (this.at >= end || bytes[this.at] !== QUOTE) return false;
    this.hasEscapes = false;
    for (let at = this.at + 1; at < end; at += 1) {
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        this.at = at + 1;
        return true;
      }
      if (byte < SPACE) return false;
      if (byte !== BACKSLASH) continue;
      this.hasEscapes = true;
      const length = escapeLength(bytes, at, end);
      if (length === 0) return false;
      at += length - 1;
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
    while (this.at < this.end && isDigit(this.bytes[this.at]!)) this.at += 1;
    return this.at > start;
  }

  #takeAny(one: string, other: string): boolean {
    if (this.at >= this.end) return false;
    const byte = this.bytes[this.at];
    if (byte !== one.charCodeAt(0) && byte !== other.charCodeAt(0)) return false;
    this.at += 1;
    return true;
  }

  #literal(): boolean {
    const { bytes, at, end } = this;
    for (const literal of LITERALS) {
      if (at + literal.length > end || !startsWith(bytes, at, literal)) continue;
      this.at += literal.length;
      return true;
    }
    return false;
  }
}

function isSpace(byte: number): boolean {
  return byte <= SPACE && (byte === 32 || byte === 10 || byte === 13 || byte === 9);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 57;
}

function startsWith(bytes: Buffer, at: number, text: Buffer): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text[i]) return false;
  return true;
}

/** Bytes of the escape at `at`; 0: it is none. */
function escapeLength(bytes: Buffer, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  const letter = bytes[at + 1]!;
  if (letter !== LOWER_U) return SHORT_ESCAPES.has(letter) ? 2 : 0;
  if (at + 6 > end) return 0;
  for (let i = at + 2; i < at + 6; i += 1) {
    const low = bytes[i]! | 32;
    if (!isDigit(bytes[i]!) && (low < 97 || low > 102)) return 0;
  }
  return 6;
}
