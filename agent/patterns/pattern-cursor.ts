/** Reads a pattern from its begin to its end, a code point at a time. */
export class PatternCursor {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get atEnd(): boolean {
    return this.at >= this.source.length;
  }

  /** Whether `text` comes next. */
  sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** Passes `text` if it comes next. */
  takes(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Passes what `expression` (sticky) matches here; null when it does not. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.source);
    if (found !== null) this.at = expression.lastIndex;
    return found;
  }

  /** Passes one character, which must be there. */
  next(): string {
    const character = String.fromCodePoint(this.source.codePointAt(this.at)!);
    this.at += character.length;
    return character;
  }
}
