import { klogLevel } from '../process/klog-level.ts';

/** How a line is written. `broken_json`: a brace begins it, yet it is no JSON object. `continued`: it goes on what stood before it. */
export type LineForm = 'json' | 'logfmt' | 'klog' | 'plain' | 'broken_json' | 'continued';

/** What goes on a trace: white space before it, or one of the words that runtimes begin such lines with. */
const CONTINUED = /^(?:[\t ]|Caused by:|Suppressed:|Traceback \(most recent call last\):|goroutine \d+ \[)/;
const PAIRS = /(?:^|\s)[A-Za-z_][\w.\-/]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]*)/g;
/** From so much of a line on that is pairs, it is logfmt. */
const MOSTLY = 0.8;

/** The form of a line, a character a byte. `bytes` are the same line. */
export function lineForm(line: string, bytes: Buffer): LineForm {
  if (/^\s*\{/.test(line)) return isJsonObject(bytes) ? 'json' : 'broken_json';
  if (klogLevel(bytes, 0, bytes.length) !== null) return 'klog';
  if (CONTINUED.test(line)) return 'continued';
  const pairs = line.match(PAIRS) ?? [];
  const length = pairs.reduce((sum, pair) => sum + pair.length, 0);
  return pairs.length >= 2 && length >= line.trimEnd().length * MOSTLY ? 'logfmt' : 'plain';
}

/** What begins with a brace can be no other value. */
function isJsonObject(bytes: Buffer): boolean {
  try {
    return typeof JSON.parse(bytes.toString('utf8')) === 'object';
  } catch {
    return false;
  }
}
