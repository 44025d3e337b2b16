import type { KeyPath } from './problem.ts';
import type { YamlMapping, YamlNode } from './yaml.ts';

/** Where a key path leads to in a YAML file. */
export interface Location {
  readonly offset: number;
  /** The node that stands there; when the path leads nowhere, the last one on the way. */
  readonly node: YamlNode;
}

/**
 * Finds what `path` leads to: its key or its value (the key, when the value is left out). When the path leads to something that
 * is not in the file, the nearest parent that is has to do: its key if it has one, else its start.
 */
export function locate(root: YamlNode, path: KeyPath, part: 'key' | 'value'): Location {
  let node = root;
  let keyOffset: number | null = null;
  for (const step of path) {
    const entry = child(node, step);
    if (entry === null) return { offset: keyOffset ?? node.offset, node };
    ({ node, keyOffset } = entry);
  }
  const wantsKey = part === 'key' || node.offset === node.end;
  return { offset: wantsKey ? (keyOffset ?? node.offset) : node.offset, node };
}

function child(node: YamlNode, step: string | number): { node: YamlNode; keyOffset: number | null } | null {
  if (node.kind === 'mapping') return entryOf(node, String(step));
  const item = node.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined;
  return item === undefined ? null : { node: item, keyOffset: null };
}

function entryOf(mapping: YamlMapping, key: string): { node: YamlNode; keyOffset: number } | null {
  const entry = mapping.entries.find((candidate) => candidate.key === key);
  return entry === undefined ? null : { node: entry.value, keyOffset: entry.offset };
}
