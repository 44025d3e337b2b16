import type { PatternNode } from './pattern-node.ts';

/** Whether there is a group that captures in a node, or the node is one. */
export function hasGroup(node: PatternNode): boolean {
  if (node.kind === 'sequence') return node.parts.some(hasGroup);
  if (node.kind === 'choice') return node.branches.some(hasGroup);
  return node.kind === 'group' || (node.kind === 'repeat' && hasGroup(node.body));
}
