import { EXCEPTION, mentionIn, PANIC } from './mention.ts';

const [SPACE, TAB, CR] = [32, 9, 13];

/** The line that rules for traces look at. One serves all lines, so that a line costs nothing but what is asked of it. */
export class TraceLine {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  #textAt = 0;
  /** -1: nobody has asked yet. */
  #mention = -1;

  /** A CR at the end is no text. */
  set(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end > start && bytes[end - 1] === CR ? end - 1 : end;
    this.#mention = -1;
    let at = start;
    while (at < this.#end && (bytes[at] === SPACE || bytes[at] === TAB)) at += 1;
    this.#textAt = at;
  }

  /** Nothing but white space. */
  get isBlank(): boolean {
    return this.#textAt === this.#end;
  }

  /** White space, and behind it text. */
  get isIndented(): boolean {
    return this.#textAt > this.#start && this.#textAt < this.#end;
  }

  /** How many spaces and tabs the text stands behind. */
  get indent(): number {
    return this.#textAt - this.#start;
  }

  /** Of the text; -1 where there is none. */
  get firstByte(): number {
    return this.isBlank ? -1 : this.#bytes[this.#textAt]!;
  }

  get lastByte(): number {
    return this.isBlank ? -1 : this.#bytes[this.#end - 1]!;
  }

  /** Whether the text, behind what indents it, begins with an ASCII word. */
  begins(word: string): boolean {
    return this.#holds(word, this.#textAt);
  }

  ends(word: string): boolean {
    return this.#holds(word, this.#end - word.length);
  }

  #holds(word: string, at: number): boolean {
    if (at < this.#textAt || at + word.length > this.#end) return false;
    for (let i = 0; i < word.length; i += 1) if (this.#bytes[at + i] !== word.charCodeAt(i)) return false;
    return true;
  }

  contains(word: string): boolean {
    for (let at = this.#textAt; at + word.length <= this.#end; at += 1) if (this.#holds(word, at)) return true;
    return false;
  }

  /** How many bytes of the text are of the class, from `at` on, counted from the text's begin. */
  span(at: number, byteClass: Uint8Array): number {
    const from = this.#textAt + at;
    let to = from;
    while (to < this.#end && byteClass[this.#bytes[to]!] === 1) to += 1;
    return to - from;
  }

  /** A byte of the text; -1 behind its end. */
  byteAt(at: number): number {
    const place = this.#textAt + at;
    return place < this.#end ? this.#bytes[place]! : -1;
  }

  get mentionsException(): boolean {
    return this.#mentioned === EXCEPTION;
  }

  get mentionsPanic(): boolean {
    return this.#mentioned === PANIC;
  }

  get #mentioned(): number {
    if (this.#mention === -1) this.#mention = mentionIn(this.#bytes, this.#textAt, this.#end);
    return this.#mention;
  }
}
