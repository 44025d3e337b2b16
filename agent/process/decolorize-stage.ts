import type { Entry } from './entry.ts';
import { endOfEscape } from './end-of-escape.ts';
import type { Scratch } from './scratch.ts';
import type { Stage } from './stage.ts';

const ESC = 27;

/** Takes out what colours a line on a terminal, and all else that tells a terminal something. A line without ESC stays where it is. */
export class DecolorizeStage implements Stage {
  readonly needles: readonly Buffer[] = [Buffer.of(ESC)];
  readonly #scratch: Scratch;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  apply(entry: Entry): true {
    const { buffer, start, end } = entry.view;
    // A search for a byte goes on to the end of its buffer, so the line needs one of its own.
    const line = buffer.subarray(start, end);
    const first = line.indexOf(ESC);
    if (first !== -1) entry.rewrite(this.#plain(line, first));
    return true;
  }

  #plain(line: Buffer, first: number): Buffer {
    const target = this.#scratch.next();
    target.reserve(line.length);
    let from = 0;
    for (let esc = first; esc !== -1; esc = line.indexOf(ESC, from)) {
      target.length += line.copy(target.bytes, target.length, from, esc);
      from = endOfEscape(line, esc);
    }
    target.length += line.copy(target.bytes, target.length, from);
    return target.bytes.subarray(0, target.length);
  }
}
