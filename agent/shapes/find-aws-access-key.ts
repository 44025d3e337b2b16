import { byteClass, isAt } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { isText } from './is-text.ts';
import { RunFinder } from './run-finder.ts';
import { beginsWord, behindEscape } from './word-start.ts';

const KEY_BYTES = 20;
const ALPHANUMERIC = byteClass(/[A-Za-z0-9]/);
const RUNS = new RunFinder(byteClass(/[A-Z0-9]/), KEY_BYTES);
/** Long-term and temporary keys (docs.aws.amazon.com, IAM identifiers, unique ID prefixes). */
const PREFIXES = [Buffer.from('AKIA'), Buffer.from('ASIA')];

/** `(AKIA|ASIA)[A-Z0-9]{16}`, no part of a longer word: the id of a key, not its secret, which has no shape of its own. */
export function findAwsAccessKey(line: Buffer, from: number, match: Match): boolean {
  for (let run = RUNS.next(line, from), end = 0; run !== -1; run = RUNS.next(line, end)) {
    const start = behindEscape(line, run);
    end = RUNS.endOf(line, run);
    if (end - start !== KEY_BYTES || !beginsWord(line, start, ALPHANUMERIC) || isAt(line, end, ALPHANUMERIC)) continue;
    if (!PREFIXES.some((prefix) => isText(line, start, prefix))) continue;
    match.start = start;
    match.end = end;
    return true;
  }
  return false;
}
