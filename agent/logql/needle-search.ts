import type { FilteredLine, LineTest } from './line-test.ts';

/**
 * Longest line that is searched as text: that costs less than a view of its bytes does, and is there already when another stage asked
 * for it, but of a long line it would be a large string that nobody else needs.
 */
const MAX_TEXT_BYTES = 4096;

/** Whether a line holds these bytes. Never looks beyond the line, which lies in a chunk of many. */
export function needleSearch(needle: Buffer): LineTest {
  const text = needle.toString('latin1');
  const test = (line: FilteredLine): boolean => {
    const { buffer, start, end } = line.view;
    if (end - start < needle.length) return false;
    return end - start > MAX_TEXT_BYTES ? buffer.subarray(start, end).includes(needle) : line.byteText.includes(text);
  };
  return needle.length === 0 ? test : Object.assign(test, { needle });
}
