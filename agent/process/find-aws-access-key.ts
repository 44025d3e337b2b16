import { byteClass, isAt } from './byte-class.ts';
import type { Match } from './find-shape.ts';
import { isText } from './is-text.ts';
import { RunFinder } from './run-finder.ts';

const KEY_BYTES = 20;
const ALPHANUMERIC = byteClass(/[A-Za-z0-9]/);
const RUNS = new RunFinder(byteClass(/[A-Z0-9]/), KEY_BYTES);
/** Long-term and temporary keys (docs.aws.amazon.com, IAM identifiers, unique ID prefixes). */
const PREFIXES = [Buffer.from('AKIA'), Buffer.from('ASIA')];

/** `(AKIA|ASIA)[A-Z0-9]{16}`, no part of a longer word: the id of a key, not its secret, which has no shape of its own. */
export function findAwsAccessKey(line: Buffer, from: number, match: Match): boolean {
  for (let start = RUNS.next(line, from); start !== -1; start = RUNS.next(line, RUNS.endOf(line, start))) {
    const end = start + KEY_BYTES;
    if (isAt(line, start - 1, ALPHANUMERIC) || isAt(line, end, ALPHANUMERIC)) continue;
    if (!PREFIXES.some((prefix) => isText(line, start, prefix))) continue;
    match.start = start;
    match.end = end;
    return true;
  }
  return false;
}
