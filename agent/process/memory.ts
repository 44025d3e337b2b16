import type { SourceChannel } from '../model/record.ts';

/**
 * Numbers that stages keep from one entry of a channel to the next. They are part of where a source resumes, so that entries that come again
 * after a crash find what they found before.
 */
export class Memory {
  readonly #now: number[][];
  readonly #before: number[][];
  #slots = 0;

  constructor(channels: number) {
    this.#now = Array.from({ length: channels }, () => []);
    this.#before = Array.from({ length: channels }, () => []);
  }

  /** A place for a number; asked for while stages are built. */
  slot(): number {
    for (const numbers of this.#now) numbers.push(0);
    this.#slots += 1;
    return this.#slots - 1;
  }

  /** What an entry of the channel finds, and writes over. */
  begin(channel: SourceChannel): number[] {
    const now = this.#now[channel]!;
    const before = this.#before[channel]!;
    for (let slot = 0; slot < now.length; slot += 1) before[slot] = now[slot]!;
    return now;
  }
}
