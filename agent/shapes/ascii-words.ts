interface Word<Value> {
  /** In lower case. */
  readonly bytes: Buffer;
  readonly value: Value;
}

/** Every byte, capitals of ASCII in lower case. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 65 && byte <= 90 ? byte | 32 : byte));

/** A few ASCII words and what each stands for, looked up in bytes, in any case, without a string being made. */
export class AsciiWords<Value> {
  /** By length. */
  readonly #words: Word<Value>[][] = [];

  constructor(words: Iterable<readonly [word: string, value: Value]>) {
    for (const [word, value] of words) (this.#words[word.length] ??= []).push({ bytes: Buffer.from(word.toLowerCase()), value });
  }

  /** What `bytes[start, end)` stands for; null when it is none of the words. */
  get(bytes: Buffer, start: number, end: number): Value | null {
    const words = this.#words[end - start];
    if (words === undefined) return null;
    for (const word of words) if (isSame(word.bytes, bytes, start)) return word.value;
    return null;
  }
}

function isSame(word: Buffer, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < word.length; i += 1) if (LOWER[bytes[start + i]!] !== word[i]) return false;
  return true;
}
