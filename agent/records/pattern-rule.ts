import { APART, type RecordRule, WHOLE } from '../model/multiline.ts';

/** Says of a line, with one character a byte, whether it is meant. */
export interface LinePattern {
  test(byteText: string): boolean;
}

/** What Filebeat calls them: lines that are meant, or those that are not, are joined with the line before them, or with the one behind. */
export interface Joining {
  readonly negate: boolean;
  readonly match: 'after' | 'before';
}

/** A record begins with a line that is meant, as Promtail's firstline says it. */
export const FROM_FIRST_LINE: Joining = { negate: true, match: 'after' };

/** The only state: more lines may come. */
const OPEN = 1;

/** Joins lines by whether a pattern means them. */
export class PatternRule implements RecordRule {
  readonly #pattern: LinePattern;
  readonly #negate: boolean;
  readonly #isBehind: boolean;

  constructor(pattern: LinePattern, { negate, match }: Joining) {
    this.#pattern = pattern;
    this.#negate = negate;
    this.#isBehind = match === 'after';
  }

  begin(bytes: Buffer, start: number, end: number): number {
    return this.#isBehind || this.#joins(bytes, start, end) ? OPEN : WHOLE;
  }

  goOn(_: number, bytes: Buffer, start: number, end: number): number {
    if (this.#joins(bytes, start, end)) return OPEN;
    return this.#isBehind ? APART : WHOLE;
  }

  #joins(bytes: Buffer, start: number, end: number): boolean {
    return this.#pattern.test(bytes.toString('latin1', start, end)) !== this.#negate;
  }
}
