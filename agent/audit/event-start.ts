import { EVENT_START } from './event-fields.ts';

const BRACE = 123;
const K = 107;
const BRACE_AND_QUOTE = 0x7b22;

/**
 * Finds an event behind one that was torn: an API server that died while it wrote goes on in the same line when it comes back. Looks only where
 * the grammar of the line breaks: what looks like an event in a body breaks nothing, and no client can make it. One that was torn where a value
 * may begin hides the next.
 */
export class EventStartFinder {
  /** How much of a start has passed by; -1: what broke the grammar was none. */
  #matched = 0;
  /** The last two bytes. */
  #last = 0;

  /** All of a start has passed by. */
  get found(): boolean {
    return this.#matched === EVENT_START.length;
  }

  reset(): void {
    this.#matched = 0;
    this.#last = 0;
  }

  /** The bytes have passed by, and nothing is wrong with them. */
  pass(bytes: Buffer, start: number, end: number): void {
    for (let at = Math.max(start, end - 2); at < end; at += 1) this.#last = ((this.#last << 8) | bytes[at]!) & 0xff_ff;
  }

  /** The grammar breaks at `at`: in a string that is where the quote of the start has ended it. Returns from where on `seek` goes on. */
  break(bytes: Buffer, start: number, at: number): number {
    this.pass(bytes, start, at);
    if (bytes[at] === BRACE) this.#matched = 1;
    else this.#matched = bytes[at] === K && this.#last === BRACE_AND_QUOTE ? 3 : -1;
    return at + 1;
  }

  /** Returns the place behind a start that ends in the bytes; -1: none does. */
  seek(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end && this.#matched !== -1; at += 1) {
      this.#matched = bytes[at] === EVENT_START[this.#matched] ? this.#matched + 1 : -1;
      if (this.found) return at + 1;
    }
    return -1;
  }
}
