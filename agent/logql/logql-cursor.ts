import type { Fault } from './fault.ts';

const BLANKS = /(?:[ \t\r\n]|#[^\n]*)*/y;
const NAME = /[A-Za-z_]\w*/y;

/** A place in a LogQL text that is read from left to right. Blanks and comments may stand between any two of its words. */
export class LogqlCursor {
  readonly source: string;
  /** Where the next character stands, in characters of JavaScript. */
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  /** Whether nothing follows. */
  get isDone(): boolean {
    this.#skipBlanks();
    return this.at === this.source.length;
  }

  /** Goes over `sign` if it comes next. */
  accept(sign: string): boolean {
    this.#skipBlanks();
    if (!this.source.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  /** Goes over the first of the signs that comes next; null when none does. */
  acceptOneOf<Sign extends string>(signs: readonly Sign[]): Sign | null {
    return signs.find((sign) => this.accept(sign)) ?? null;
  }

  /** Goes over the name that comes next; null when something else does. */
  acceptName(): string | null {
    this.#skipBlanks();
    return this.take(NAME);
  }

  /** Goes over `word` if that is the name that comes next. */
  acceptWord(word: string): boolean {
    this.#skipBlanks();
    const { at } = this;
    if (this.take(NAME) === word) return true;
    this.at = at;
    return false;
  }

  /** Goes over what the sticky `pattern` finds right here; null when it finds nothing. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const text = pattern.exec(this.source)?.[0] ?? null;
    this.at += text?.length ?? 0;
    return text;
  }

  /** Says what is wrong with what comes next, or with what stands at `at`. */
  fault(message: string, at: number = this.at): Fault {
    const before = this.source.slice(0, at);
    const column = `column ${at - before.lastIndexOf('\n')}`;
    const line = this.source.includes('\n') ? `line ${before.split('\n').length}, ` : '';
    return { fault: `${line}${column}: ${message}` };
  }

  #skipBlanks(): void {
    this.take(BLANKS);
  }
}
