import type { Redactions, Shape } from '../model/shape.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { FindShape, Match } from '../shapes/find-shape.ts';
import type { Entry } from './entry.ts';
import type { Scratch } from './scratch.ts';
import { findPattern } from './find-pattern.ts';
import { LineText } from './line-text.ts';
import { NeedlePlaces } from '../runtime/needle-places.ts';
import { SHAPE_SIGNS } from '../shapes/shape-signs.ts';
import { SHAPE_FINDERS } from '../shapes/shape-finders.ts';
import type { Stage } from './stage.ts';

/** A text that is found by a pattern. */
export interface RedactPattern {
  readonly name: string;
  readonly pattern: Pattern;
  /** Undefined: that of the stage. */
  readonly replacement: string | undefined;
}

interface RedactOptions {
  /** In this order; each looks at what those before it have left. */
  readonly shapes: readonly Shape[];
  /** Behind the shapes, in this order. */
  readonly patterns: readonly RedactPattern[];
  /** What stands in place of what was found; `{shape}` in it is the name of the shape or pattern. */
  readonly replacement: string;
  /** No entry becomes longer than this: a store would refuse it. */
  readonly maxLineBytes: number;
}

export interface RedactParts {
  readonly options: RedactOptions;
  readonly scratch: Scratch;
  readonly counts: Redactions;
}

interface Wanted {
  readonly name: string;
  readonly find: FindShape;
  readonly replacement: Buffer;
}

function wanted(name: string, find: FindShape, replacement: string): Wanted {
  return { name, find, replacement: Buffer.from(replacement.replaceAll('{shape}', name)) };
}

/** What stands in every line that something is replaced in; null as soon as anything is looked for that has no sign. */
function signsOf({ shapes, patterns }: RedactOptions): readonly Buffer[] | null {
  const signs = shapes.flatMap((shape) => SHAPE_SIGNS[shape] ?? []);
  return patterns.length === 0 && signs.length === shapes.length ? signs.map((sign) => Buffer.from(sign)) : null;
}

/** Replaces texts of some shapes, and what patterns match. An entry without any stays where it is. */
export class RedactStage implements Stage {
  readonly needles?: readonly Buffer[];
  /** Where in a chunk something may have to be replaced; null: that may be anywhere. */
  readonly #places: NeedlePlaces | null;
  readonly #wanted: readonly Wanted[];
  readonly #parts: RedactParts;
  readonly #texts = new LineText();
  readonly #match: Match = { start: 0, end: 0 };

  constructor(parts: RedactParts) {
    const { shapes, patterns, replacement } = parts.options;
    this.#parts = parts;
    const signs = signsOf(parts.options);
    if (signs !== null) this.needles = signs;
    this.#places = signs === null ? null : new NeedlePlaces(signs);
    this.#wanted = [
      ...shapes.map((shape) => wanted(shape, SHAPE_FINDERS[shape], replacement)),
      ...patterns.map(({ name, pattern, replacement: own = replacement }) => wanted(name, findPattern(pattern, this.#texts), own)),
    ];
  }

  apply(entry: Entry): true {
    const { view } = entry;
    if (this.#places !== null && view.buffer === entry.chunk && this.#places.nextIn(view.buffer, view.start) >= view.end) return true;
    // A search for a byte goes on to the end of its buffer, so the line needs one of its own.
    const source = view.buffer.subarray(view.start, view.end);
    let line = source;
    this.#texts.begin(source, entry);
    for (const wanted of this.#wanted) if (wanted.find(line, 0, this.#match)) line = this.#replace(line, wanted);
    if (line !== source) entry.rewrite(line);
    return true;
  }

  /** A copy of the line without what `#match` and the matches behind it hold. */
  #replace(line: Buffer, { name, find, replacement }: Wanted): Buffer {
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
      counts[name] = (counts[name] ?? 0) + 1;
    } while (find(line, from, match));
    target.reserve(line.length - from);
    target.length += line.copy(target.bytes, target.length, from);
    return target.bytes.subarray(0, target.length);
  }
}
