import { RE2JS, RE2JSException } from 're2js';
import { byteTextOf } from '../../agent/patterns/byte-text.ts';
import { hasGroup } from '../../agent/patterns/has-group.ts';
import { matchesNothing } from '../../agent/patterns/matches-nothing.ts';
import { parsePattern } from '../../agent/patterns/parse-pattern.ts';
import type { PatternNode } from '../../agent/patterns/pattern-node.ts';

/** Where a match begins, in bytes of UTF-8, and what it and its groups took. */
export type Found = readonly [start: number, ...texts: (string | null)[]];

/** What a port of Go's regexp finds: a matcher of another kind than V8's, written from the same source as the syntax. */
export interface GoPattern {
  readonly find: (text: string) => Found | null;
}

/** Null for what Go does not take for a pattern. */
export function goPattern(source: string): GoPattern | null {
  try {
    const expression = RE2JS.compile(source);
    return {
      find(text) {
        const matcher = expression.matcher(text);
        if (!matcher.find()) return null;
        const texts = Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group));
        return [byteTextOf(text.slice(0, matcher.start())).length, ...texts];
      },
    };
  } catch (error) {
    if (error instanceof RE2JSException) return null;
    throw error;
  }
}

/**
 * Whether a pattern is one of those that docs/stages.md says are matched otherwise than by Go: what is repeated without end may match
 * nothing, or has a group that a round may leave out.
 */
export function isOtherThanGo(source: string): boolean {
  return repeatsNothing(parsePattern(source).root);
}

function repeatsNothing(node: PatternNode): boolean {
  if (node.kind === 'character' || node.kind === 'place') return false;
  if (node.kind === 'sequence') return node.parts.some(repeatsNothing);
  if (node.kind === 'choice') return node.branches.some(repeatsNothing);
  if (node.kind === 'repeat' && node.most === null && (matchesNothing(node.body) || mayLeaveOutGroup(node.body))) return true;
  return repeatsNothing(node.body);
}

function mayLeaveOutGroup(node: PatternNode): boolean {
  if (node.kind === 'choice') return hasGroup(node);
  if (node.kind === 'repeat') return node.least === 0 ? hasGroup(node.body) : mayLeaveOutGroup(node.body);
  if (node.kind === 'sequence') return node.parts.some(mayLeaveOutGroup);
  return node.kind === 'group' && mayLeaveOutGroup(node.body);
}
