import { byteClass } from '../shapes/byte-class.ts';
import type { TraceLine } from './trace-line.ts';

const NAME = byteClass(/[\w$]/);
const UPPER = byteClass(/[A-Z]/);
const [DOT, COLON] = [46, 58];

/** Whether a line is what comes before the frames of a trace: it begins with the name of a class in a package, or names an exception. */
export function namesException(line: TraceLine): boolean {
  return beginsWithClass(line) || line.mentionsException;
}

/** `com.example.Failure: why`, or nothing but the name. */
function beginsWithClass(line: TraceLine): boolean {
  let at = 0;
  for (let names = 1; ; names += 1) {
    const length = line.span(at, NAME);
    const isClass = names > 1 && UPPER[line.byteAt(at)] === 1;
    at += length;
    const next = line.byteAt(at);
    if (length === 0 || next !== DOT) return isClass && length > 0 && (next === COLON || next === -1);
    at += 1;
  }
}
