import { GrowingBuffer } from '../runtime/growing-buffer.ts';

/**
 * Where stages write a text that they change. The text of one entry is rewritten several times at most, each time from one buffer into
 * the other, and is read before the next entry comes: so two serve all stages and all sources of a pipeline. Neither grows beyond twice
 * the longest line.
 */
export class Scratch {
  #last = new GrowingBuffer();
  #next = new GrowingBuffer();

  /** An empty buffer, not the one handed out before. */
  next(): GrowingBuffer {
    [this.#last, this.#next] = [this.#next, this.#last];
    this.#last.length = 0;
    return this.#last;
  }
}
