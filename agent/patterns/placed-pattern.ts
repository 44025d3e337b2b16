import { compilesFast } from './count-skips.ts';
import { createEngines, engineFor, type Engines } from './linear-engine.ts';
import { parsePattern } from './parse-pattern.ts';
import { type Tile, tilePattern } from './tile-pattern.ts';

/** Where a match, or a group of it, is in the text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A pattern that tells where its groups are, which costs more than to tell what they hold. */
export class PlacedPattern {
  readonly #engines: Engines;
  readonly #tiles: readonly Tile[];

  /** `source`: one that is known to be a pattern. */
  constructor(source: string) {
    const parsed = parsePattern(source);
    const { source: expression, tiles } = tilePattern(parsed);
    this.#engines = createEngines(expression, compilesFast(parsed.root));
    this.#tiles = tiles;
  }

  /** The first match at or behind `from`: its place, and behind that those of its groups, as far as they took part. */
  spans(byteText: string, from: number): readonly (Span | undefined)[] | null {
    const expression = engineFor(byteText, this.#engines);
    expression.lastIndex = from;
    const match = expression.exec(byteText);
    if (match === null) return null;
    const spans: (Span | undefined)[] = [{ start: match.index, end: match.index + match[0].length }];
    place(this.#tiles, match.index, { match, spans });
    return spans;
  }
}

interface Found {
  readonly match: RegExpExecArray;
  readonly spans: (Span | undefined)[];
}

/** Puts tiles one behind the other. */
function place(tiles: readonly Tile[], from: number, found: Found): void {
  let start = from;
  for (const { index, group, tiles: inner, isRepeat } of tiles) {
    const text = found.match[index];
    if (text === undefined) continue;
    const end = start + text.length;
    if (group !== null) found.spans[group] = { start, end };
    place(inner, isRepeat ? end - lengthOf(inner, found.match) : start, found);
    start = end;
  }
}

function lengthOf(tiles: readonly Tile[], match: RegExpExecArray): number {
  return tiles.reduce((sum, { index }) => sum + (match[index]?.length ?? 0), 0);
}
