import { createHash } from 'node:crypto';

/**
 * What an event is known by: all that a store tells entries of a stream apart by, its line and its time (s since 1970, ns). The labels are
 * in the line. Of lines that tell no time, and may be equal and yet two events, the time before decides, as in the store.
 */
export function eventDigest(line: Buffer, seconds: number, nanos: number): Buffer {
  return createHash('sha256').update(line).update(`\n${seconds}.${nanos}`).digest();
}
