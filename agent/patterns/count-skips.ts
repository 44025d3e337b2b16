import { matchesNothing } from './matches-nothing.ts';
import type { PatternNode } from './pattern-node.ts';

/** With so many V8 compiles a pattern for the usual engine in some milliseconds; each one more doubles that. */
const MOST_USUAL_SKIPS = 16;

/** Whether V8's usual engine is worth compiling a pattern for. */
export function compilesFast(root: PatternNode): boolean {
  return countSkips(root) <= MOST_USUAL_SKIPS;
}

/**
 * How many places of a pattern, with its repeats written out, may be passed by without going round: what V8's compiler looks beyond in each
 * possible combination (GetQuickCheckDetails in src/regexp/regexp-compiler.cc), so that its time doubles with each.
 */
function countSkips(node: PatternNode): number {
  switch (node.kind) {
    case 'character':
    case 'place':
      return 0;
    case 'group':
      return countSkips(node.body);
    case 'sequence':
      return sumOf(node.parts);
    case 'choice':
      return sumOf(node.branches) + (matchesNothing(node) ? 1 : 0);
    default: {
      const { body, least, most } = node;
      if (most === null) return countSkips(body) * Math.max(least, 1);
      const optional = matchesNothing(body) ? most - least : Math.min(most - least, 1);
      return countSkips(body) * most + optional;
    }
  }
}

function sumOf(nodes: readonly PatternNode[]): number {
  return nodes.reduce((sum, node) => sum + countSkips(node), 0);
}
