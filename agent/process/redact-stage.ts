import type { Shape } from '../model/shape.ts';
import type { FindShape, Match } from '../shapes/find-shape.ts';
import type { Entry } from './entry.ts';
import type { Scratch } from './scratch.ts';
import { SHAPE_FINDERS } from '../shapes/shape-finders.ts';
import type { Stage } from './stage.ts';

interface RedactOptions {
  /** In this order; each looks at what those before it have left. */
  readonly shapes: readonly Shape[];
  /** What stands in place of what was found; `{shape}` in it is the shape's name. */
  readonly replacement: string;
  /** No entry becomes longer than this: a store would refuse it. */
  readonly maxLineBytes: number;
}

export interface RedactParts {
  readonly options: RedactOptions;
  readonly scratch: Scratch;
  /** By shape, how many texts were replaced. */
  readonly counts: Record<Shape, number>;
}

interface Wanted {
  readonly shape: Shape;
  readonly find: FindShape;
  readonly replacement: Buffer;
}

/** Replaces texts of some shapes. An entry without any stays where it is. */
export class RedactStage implements Stage {
  readonly #wanted: readonly Wanted[];
  readonly #parts: RedactParts;
  readonly #match: Match = { start: 0, end: 0 };

  constructor(parts: RedactParts) {
    const { shapes, replacement } = parts.options;
    this.#parts = parts;
    this.#wanted = shapes.map((shape) => ({
      shape,
      find: SHAPE_FINDERS[shape],
      replacement: Buffer.from(replacement.replaceAll('{shape}', shape)),
    }));
  }

  apply(entry: Entry): true {
    const { view } = entry;
    // A search for a byte goes on to the end of its buffer, so the line needs one of its own.
    const source = view.buffer.subarray(view.start, view.end);
    let line = source;
    for (const wanted of this.#wanted) if (wanted.find(line, 0, this.#match)) line = this.#replace(line, wanted);
    if (line !== source) entry.rewrite(line);
    return true;
  }

  /** A copy of the line without what `#match` and the matches behind it hold. */
  #replace(line: Buffer, { shape, find, replacement }: Wanted): Buffer {
    const { scratch, counts, options } = this.#parts;
    const match = this.#match;
    const target = scratch.next();
    let from = 0;
    do {
      // Where there is no room for more than what is replaced, as much of the replacement has to do.
      const most = options.maxLineBytes - target.length - (match.start - from) - (line.length - match.end);
      const bytes = Math.min(replacement.length, Math.max(most, 0));
      target.reserve(match.start - from + bytes);
      target.length += line.copy(target.bytes, target.length, from, match.start);
      target.length += replacement.copy(target.bytes, target.length, 0, bytes);
      from = match.end;
      counts[shape] += 1;
    } while (find(line, from, match));
    target.reserve(line.length - from);
    target.length += line.copy(target.bytes, target.length, from);
    return target.bytes.subarray(0, target.length);
  }
}
