import { hasGroup } from './has-group.ts';
import { matchesNothing } from './matches-nothing.ts';
import type { ParsedPattern, PatternNode } from './pattern-node.ts';
import { type Translator, translatorFor } from './translate-pattern.ts';

/** A piece of what a match takes, captured by a group of its own. The tiles of a match, one behind the other, are all of it. */
export interface Tile {
  /** Number of the group in the expression. */
  readonly index: number;
  /** The group of the pattern that it is; null: one that only takes up room. */
  readonly group: number | null;
  /** What it is made of, as far as groups of the pattern are in it; of a repeat without end, the last round, which stands at its end. */
  readonly tiles: readonly Tile[];
  readonly isRepeat: boolean;
}

export interface Tiled {
  readonly source: string;
  readonly tiles: readonly Tile[];
}

/** Writes a pattern so that the places of its groups follow from what was captured: V8's linear engine does not tell them. */
export function tilePattern(parsed: ParsedPattern): Tiled {
  return new Tiler(translatorFor(parsed)).tile(parsed.root);
}

class Tiler {
  readonly #translator: Translator;
  #groups = 0;

  constructor(translator: Translator) {
    this.#translator = translator;
  }

  tile(node: PatternNode): Tiled {
    if (!hasGroup(node)) return this.#captured(null, () => ({ source: this.#translator.write(node), tiles: [] }));
    switch (node.kind) {
      case 'group':
        return this.#captured(node.group, () => this.tile(node.body));
      case 'sequence':
        return joined(
          node.parts.map((part) => this.tile(part)),
          '',
        );
      case 'choice': {
        const { source, tiles } = joined(
          node.branches.map((branch) => this.tile(branch)),
          '|',
        );
        return { source: `(?:${source})`, tiles };
      }
      case 'repeat':
        return this.#repeat(node);
      default:
        return { source: '', tiles: [] };
    }
  }

  #captured(group: number | null, inner: () => Tiled, isRepeat = false): Tiled {
    this.#groups += 1;
    const index = this.#groups;
    const { source, tiles } = inner();
    return { source: `(${source})`, tiles: [{ index, group, tiles, isRepeat }] };
  }

  #repeat({ body, least, most, greedy }: PatternNode & { readonly kind: 'repeat' }): Tiled {
    const before = Array.from({ length: most === null ? Math.max(least - 1, 0) : least }, () => this.tile(body));
    const rest = most === null ? this.#endless(body, least, greedy) : this.#optional(body, most - least, greedy);
    return joined([...before, rest], '');
  }

  #endless(body: PatternNode, least: number, greedy: boolean): Tiled {
    const lazy = greedy ? '' : '?';
    const isOptional = least === 0 && matchesNothing(body);
    const { source, tiles } = this.#captured(
      null,
      () => {
        const { source, tiles } = this.tile(body);
        return { source: `(?:${source})${least === 0 && !isOptional ? '*' : '+'}${lazy}`, tiles };
      },
      true,
    );
    if (!isOptional) return { source, tiles };
    return { source: greedy ? `(?:${source}|)` : `(?:|${source})`, tiles };
  }

  #optional(body: PatternNode, times: number, greedy: boolean): Tiled {
    if (times === 0) return { source: '', tiles: [] };
    const { source, tiles } = joined([this.tile(body), this.#optional(body, times - 1, greedy)], '');
    return { source: greedy ? `(?:${source}|)` : `(?:|${source})`, tiles };
  }
}

function joined(parts: readonly Tiled[], between: string): Tiled {
  return { source: parts.map(({ source }) => source).join(between), tiles: parts.flatMap(({ tiles }) => tiles) };
}
