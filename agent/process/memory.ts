import type { SourceChannel } from '../model/record.ts';

/**
 * Numbers that stages keep from one entry of a channel to the next. They are part of where a source resumes, so that entries that come again
 * after a crash find what they found before.
 */
export class Memory {
  readonly #now: number[][];
  readonly #before: number[][];

  constructor(channels: number) {
    this.#now = Array.from({ length: channels }, () => []);
    this.#before = Array.from({ length: channels }, () => []);
  }

  /** A place for a number; asked for while stages are built. */
  slot(): number {
    for (const numbers of this.#now) numbers.push(0);
    return this.#now[0]!.length - 1;
  }

  /** What an entry of the channel finds, and writes over. */
  begin(channel: SourceChannel): number[] {
    const now = this.#now[channel]!;
    const before = this.#before[channel]!;
    for (let slot = 0; slot < now.length; slot += 1) before[slot] = now[slot]!;
    return now;
  }

  /** What the next entry of the channel will find. */
  now(channel: SourceChannel): readonly number[] {
    return [...this.#now[channel]!];
  }

  /** What its newest entry has found. */
  before(channel: SourceChannel): readonly number[] {
    return [...this.#before[channel]!];
  }

  /** Goes on with what was kept; what other stages have kept is of no use to these. */
  restore(channel: SourceChannel, kept: readonly number[]): void {
    const now = this.#now[channel]!;
    if (kept.length === now.length) this.#now[channel] = [...kept];
  }
}
