import type { PatternNode } from './pattern-node.ts';

/** Whether a node may match without taking a character. */
export function matchesNothing(node: PatternNode): boolean {
  switch (node.kind) {
    case 'character':
      return false;
    case 'place':
      return true;
    case 'group':
      return matchesNothing(node.body);
    case 'sequence':
      return node.parts.every(matchesNothing);
    case 'choice':
      return node.branches.some(matchesNothing);
    default:
      return node.least === 0 || matchesNothing(node.body);
  }
}
